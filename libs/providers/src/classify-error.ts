import type { ErrorCode } from '@byok/kernel';
import { parseErrorBody } from './parse-error-body.js';
import type { ErrorBody } from './parse-error-body.js';
import type { Provider } from './provider.js';
import { scrubKeyShapes } from './scrub-key-shapes.js';

/** Lower-case names. */
export type UpstreamHeaders = Readonly<Record<string, string | readonly string[] | undefined>>;

export interface UpstreamFailure {
  code: ErrorCode;
  /** Our own words; safe to answer and to log. */
  message: string;
  /** The provider's code or type, when it looks like one. */
  providerCode: string | null;
  /** The provider's sentence, capped and scrubbed of key shapes. Pass it through redactKey before it leaves the process. */
  providerMessage: string | null;
  /** null when the provider did not say, or gave a date. */
  retryAfterMs: number | null;
}

/** A name and a link to what it means. */
const LONGEST_CODE = 256;

/** What a refusal means, from the provider's own codes first, then its words, then the status. */
export function classifyError(provider: Provider, status: number, headers: UpstreamHeaders, body: string): UpstreamFailure {
  const parsed = parseErrorBody(body);
  const named = provider.errors.codeHeader === undefined ? undefined : headers[provider.errors.codeHeader];
  if (typeof named === 'string' && named.length <= LONGEST_CODE) parsed.codes.unshift(named.split(':')[0]!);
  const code = codeOf(provider, status, parsed);
  return {
    code,
    message: sentence(provider, code, status),
    providerCode: parsed.codes.find((each) => /^[A-Za-z][A-Za-z0-9_.-]{1,63}$|^\d{1,6}$/.test(each)) ?? null,
    providerMessage: parsed.message === null ? null : scrubKeyShapes(parsed.message),
    retryAfterMs: retryAfterMs(headers) ?? retryInfoMs(body),
  };
}

function codeOf(provider: Provider, status: number, { codes, message }: ErrorBody): ErrorCode {
  const { billing, byCode, byStatus, byMessage } = provider.errors;
  if (codes.some((code) => billing.includes(code))) return 'key_no_credit';
  const named = codes.find((code) => Object.hasOwn(byCode, code));
  if (named !== undefined) return byCode[named]!;
  const text = message?.slice(0, 2000).toLowerCase() ?? '';
  const said = byMessage.find((rule) => rule.status === status && text.includes(rule.includes));
  return said?.code ?? byStatus[status] ?? codeOfStatus(status);
}

function codeOfStatus(status: number): ErrorCode {
  switch (status) {
    case 401:
      return 'key_rejected';
    case 402:
      return 'key_no_credit';
    case 403:
      return 'key_permission';
    case 404:
      return 'model_not_found';
    case 408:
    case 504:
      return 'upstream_timeout';
    case 429:
      return 'rate_limited';
    case 503:
    case 529:
      return 'upstream_overloaded';
  }
  if (status >= 300 && status < 400) return 'upstream_redirect';
  return status >= 400 && status < 500 ? 'upstream_refused_request' : 'upstream_error';
}

const SENTENCES: Partial<Record<ErrorCode, string>> = {
  key_rejected: 'refused the key. Its owner should test it and store a new one.',
  key_no_credit: 'says that the account of this key has no credit or has reached a spending cap.',
  key_permission: 'does not let this key make this call.',
  model_not_found: 'does not know this model, or this key may not use it.',
  rate_limited: 'is limiting this key. Try again a little later.',
  upstream_timeout: 'took too long to answer.',
  upstream_overloaded: 'is overloaded. Try again a little later.',
  upstream_redirect: 'answered with a redirect, which is never followed.',
  upstream_refused_request: 'refused the request as it was sent.',
};

function sentence(provider: Provider, code: ErrorCode, status: number): string {
  return `${provider.name} ${SENTENCES[code] ?? `failed with status ${status}.`}`;
}

function retryAfterMs(headers: UpstreamHeaders): number | null {
  return numeric(headers['retry-after-ms'], 1) ?? numeric(headers['retry-after'], 1000);
}

/** Google says it in the body alone, as a `RetryInfo` among the details. */
function retryInfoMs(body: string): number | null {
  const told = /"retryDelay"\s{0,8}:\s{0,8}"(\d{1,6}(?:\.\d{1,9})?)s"/.exec(body.slice(0, 16_384))?.[1];
  return told === undefined ? null : Math.ceil(Number(told) * 1000);
}

/** A date needs a clock, which this library does not have; the caller may read the header itself. */
function numeric(value: string | readonly string[] | undefined, factor: number): number | null {
  const text = typeof value === 'string' ? value : value?.[0];
  return text !== undefined && /^\d{1,7}(?:\.\d{1,6})?$/.test(text) ? Math.ceil(Number(text) * factor) : null;
}
