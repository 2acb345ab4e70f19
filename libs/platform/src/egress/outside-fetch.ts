import { AppError } from '@byok/kernel';
import { Client } from 'undici';
import type { Dialer } from './dialer.js';

/** What of fetch's options is understood. */
export interface OutsideRequest {
  method?: string | undefined;
  headers?: Record<string, string> | undefined;
  body?: unknown;
}

/** A fetch for libraries that take one: over the dialer, without redirects, with an end to time and size. */
export type OutsideFetch = (url: string | URL, request?: OutsideRequest) => Promise<Response>;

export interface OutsideLimits {
  timeoutMs: number;
  maxBytes: number;
}

const NO_BODY = new Set([101, 204, 205, 304]);

/**
 * For addresses that a tenant named, asked rarely: each request has a connection of its own.
 * @throws AppError endpoint_not_allowed; upstream_unreachable, upstream_timeout, upstream_too_large
 */
export function makeOutsideFetch(dialer: Dialer, limits: OutsideLimits): OutsideFetch {
  return async (to, request = {}) => {
    const url = new URL(to);
    dialer.check(url, 'nobody');
    const timeouts = { headersTimeout: limits.timeoutMs, bodyTimeout: limits.timeoutMs };
    const client = new Client(url.origin, { connect: dialer.connectorFor(url, 'nobody'), allowH2: false, ...timeouts });
    try {
      const signal = AbortSignal.timeout(limits.timeoutMs);
      const body = request.body === undefined || request.body === null ? null : textOf(request.body);
      const answer = await client.request({ method: (request.method ?? 'GET') as 'GET', path: url.pathname + url.search, headers: request.headers ?? {}, body, signal });
      const bytes = await collect(answer.body, limits.maxBytes);
      return new Response(NO_BODY.has(answer.statusCode) ? null : bytes, { status: answer.statusCode, headers: flat(answer.headers) });
    } catch (error) {
      throw asAppError(error);
    } finally {
      client.destroy().catch(() => undefined);
    }
  };
}

function textOf(body: unknown): string {
  if (typeof body === 'string' || body instanceof URLSearchParams) return body.toString();
  throw new TypeError('Only text is sent outside.');
}

async function collect(body: AsyncIterable<Buffer>, maxBytes: number): Promise<ArrayBuffer> {
  const parts: Buffer[] = [];
  let length = 0;
  for await (const part of body) {
    length += part.length;
    if (length > maxBytes) throw new AppError('upstream_too_large', 'The answer of this address is larger than it may be.');
    parts.push(part);
  }
  const whole = new ArrayBuffer(length);
  new Uint8Array(whole).set(Buffer.concat(parts));
  return whole;
}

function flat(headers: Record<string, string | string[] | undefined>): [string, string][] {
  return Object.entries(headers).flatMap(([name, value]) => (value === undefined ? [] : [value].flat().map((each): [string, string] => [name, each])));
}

/** What undici and the system say may quote the address with what is in it. */
function asAppError(error: unknown): AppError {
  if (error instanceof AppError) return error;
  if (error instanceof Error && (error.name === 'TimeoutError' || error.name === 'AbortError' || /Timeout/.test(error.name))) return new AppError('upstream_timeout', 'This address did not answer in time.', { cause: error });
  return new AppError('upstream_unreachable', 'This address cannot be reached.', { cause: error });
}

/** Asks for JSON. @throws AppError upstream_error for every answer that is none, without a word of what it was */
export function jsonOver(fetchOutside: OutsideFetch): (url: string) => Promise<unknown> {
  return async (url) => {
    const answer = await fetchOutside(url, { headers: { accept: 'application/json' } });
    if (answer.status !== 200) throw new AppError('upstream_error', `This address answered with ${answer.status}.`);
    try {
      return (await answer.json()) as unknown;
    } catch {
      // The parser's message quotes the answer.
      throw new AppError('upstream_error', 'This address did not answer with JSON.');
    }
  };
}
