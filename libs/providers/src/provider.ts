import type { ErrorCode } from '@byok/kernel';
import type { ChatWire } from './chat-wire.js';
import type { Dialect, Endpoint, UpstreamEndpoint } from './endpoints.js';
import type { ResponsesWire } from './responses-wire.js';

/** A key's non-secret fields, such as an account id or a workspace URL. */
export type ProviderConfig = Readonly<Record<string, string>>;

/** A key as somebody gave it: a secret, and fields beside it. */
export interface GivenSecret {
  readonly secret: string;
  readonly config: ProviderConfig;
}

export interface ProviderStatus {
  state: 'active' | 'changed' | 'discontinued';
  /** Since when, as far as it is known: a day, a month or a year. */
  since: string | null;
  /** Why, and what to use instead. */
  detail: string | null;
}

export interface ConfigField {
  name: string;
  required: boolean;
  /** True for the key itself, which is stored sealed; every other field is stored readable. */
  secret: boolean;
  /** What a person should type. */
  format: string;
  /** Checked after a cap of 512 characters; linear-time. */
  pattern?: RegExp;
  default?: string;
  /** The value is a base URL the tenant chose: http or https, checked as a URL instead of by pattern. */
  isBaseUrl?: boolean;
}

export interface KeyFormat {
  /** Such as "sk-proj-…", for people. */
  hint: string;
  /** A hint, never a verdict: the probe decides. Linear-time, matched only up to 512 characters. */
  pattern: RegExp;
  /** Beginnings that belong to this provider alone. */
  prefixes: readonly string[];
  /** Beginnings of keys which manage the account and cannot run inference. */
  adminPrefixes: readonly string[];
}

export type ProbeOutcome = 'valid' | 'invalid' | 'no-permission' | 'no-credit' | 'rate-limited' | 'unreachable' | 'unverified';

export interface ProbeVerdict {
  outcome: ProbeOutcome;
  message: string;
  /** Decimal USD where the provider tells it in the same answer. */
  balanceUsd?: string;
}

/** The free request that tells whether a key works. */
export interface Probe {
  method: 'GET' | 'POST';
  /** Absolute, or starting with `/` and then relative to the base URL; may hold `{config}` placeholders. */
  url: string;
  /** Instead of `url` for keys that begin so. */
  urlByPrefix: Readonly<Record<string, string>>;
  /** Sent as it is; `{api_key}` in a form body is filled in and URL-encoded. */
  body?: string;
  contentType?: string;
  /** The config of the key, because a region may decide what a number in the answer means. */
  classify(status: number, body: string, config?: ProviderConfig): ProbeVerdict;
}

/** How this provider's refusals differ from what the HTTP status says by itself. */
export interface ErrorRules {
  /** Codes, types or names that mean "no money or a spending cap", whatever the status. */
  billing: readonly string[];
  /** The answer's header that names the error, where the body does not; lower case. What follows a colon in it is left out. */
  codeHeader?: string;
  /** Codes or types that mean something else than their status does. */
  byCode: Readonly<Record<string, ErrorCode>>;
  byStatus: Readonly<Record<number, ErrorCode>>;
  /** Lower-case pieces of a message that give a refusal away when there is no code. */
  byMessage: readonly { status: number; includes: string; code: ErrorCode }[];
}

export interface UsageRules {
  /** `inject`: usage on a stream comes only when `stream_options.include_usage` is sent. */
  streamOptions: 'inject' | 'not-needed';
  /** Whether the output count holds the reasoning tokens already. */
  reasoning: 'included' | 'excluded' | 'excluded-when-larger';
}

export interface ExtraHeader {
  name: string;
  /** A fixed value, or one `{field}` of the config; left out when that field is empty. */
  value: string;
}

/** `{field}` is filled from the config. Where regions have hosts of their own, `by` names the fields whose values, joined with `/`, choose one. */
export type BaseUrl = string | { readonly by: readonly string[]; readonly urls: Readonly<Record<string, string>> };

/**
 * Behind the base URL. `{model}` is filled in percent-encoded as one segment, `{model_path}` segment by segment, other places from
 * the config. Where a stream has a path of its own, both are given; where a config field that may be empty is part of the path, so is
 * the path without it.
 */
export type EndpointPath = string | { readonly plain: string; readonly stream: string } | { readonly field: string; readonly filled: string; readonly empty: string };

/** How a request proves whose it is. */
export type Auth =
  /** The key in a header. */
  | { readonly kind: 'header'; readonly header: string; readonly prefix: string; readonly optional: boolean }
  /** Signed per request with AWS Signature Version 4, or a bearer token where the key is a Bedrock API key. */
  | { readonly kind: 'aws-sigv4'; readonly service: string }
  /** The key is a Google service account; what is sent is an access token got with it. */
  | { readonly kind: 'google-service-account'; readonly scope: string };

export interface Provider {
  readonly id: string;
  readonly name: string;
  readonly aliases: readonly string[];
  /** Variables that its own tools read, beyond `<NAME>_API_KEY` and `<NAME>_<FIELD>`, and the field that each fills. */
  readonly environment?: Readonly<Record<string, string>>;
  readonly status: ProviderStatus;
  readonly links: { readonly console: string | null; readonly docs: string | null; readonly prices: string | null };
  readonly baseUrl: BaseUrl;
  readonly paths: Readonly<Partial<Record<Endpoint, EndpointPath>>>;
  /** What it speaks; the first endpoint for chat listed is the one that other dialects are translated to. */
  readonly endpoints: Readonly<Partial<Record<UpstreamEndpoint, Dialect>>>;
  readonly auth: Auth;
  readonly headers: readonly ExtraHeader[];
  readonly configFields: readonly ConfigField[];
  readonly key: KeyFormat;
  /**
   * For keys of more than one part: the one string to seal, made of what was given, and the fields that stay readable.
   * @throws AppError key_malformed
   */
  readonly readSecret?: (given: GivenSecret) => GivenSecret;
  readonly probe: Probe | null;
  readonly errors: ErrorRules;
  readonly usage: UsageRules;
  /** Where its OpenAI-compatible chat differs when a translated request is written. */
  readonly wire?: ChatWire;
  /** Where its Responses API differs when a translated request is written. */
  readonly responsesWire?: ResponsesWire;
  /** What to do upstream when the client leaves: stop it, or read to the end because it is billed to the end anyway. */
  readonly onAbort: 'abort' | 'drain';
  /** True when it sells other vendors' models under `vendor/model`. */
  readonly aggregator: boolean;
  /** What aggregators call this vendor; null for a host of other vendors' models. */
  readonly vendorPrefix: string | null;
  /** First segments that are part of the model id itself here (`nvidia/nemotron…` at NVIDIA). */
  readonly ownNamespaces: readonly string[];
  /** Bare model names that mean this provider. */
  readonly ownsModel: readonly RegExp[];
  readonly capabilities: readonly string[];
  /** Examples of a season, for people; the live list comes from the provider. */
  readonly models: readonly string[];
  readonly rateLimitHeaders: readonly string[];
}
