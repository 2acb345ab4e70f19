/** Who has to act when this error happens. */
export type Blame = 'client' | 'key' | 'provider' | 'policy' | 'platform';

/** What the call does next: the same key once more, the next attempt of the plan, or nothing. */
export type Next = 'same-key-retry' | 'next-attempt' | 'stop';

/** What it says about the key and the endpoint that failed; decides whether they are left alone for a while, and for whom. */
export type Failure = 'auth' | 'permission' | 'quota' | 'rate' | 'overload' | 'policy' | 'client' | 'network';

export interface ErrorRule {
  http: number;
  blame: Blame;
  next: Next;
  /** null for what no provider had a part in. */
  failure: Failure | null;
}

const rule = (http: number, blame: Blame, next: Next, failure: Failure | null = null): ErrorRule => ({ http, blame, next, failure });

/** Every error the product can answer with. A new error is a new row; nothing switches over codes. */
export const ERRORS = {
  // the request itself
  malformed_json: rule(400, 'client', 'stop'),
  invalid_request: rule(400, 'client', 'stop'),
  too_deep: rule(400, 'client', 'stop'),
  duplicate_field: rule(400, 'client', 'stop'),
  body_too_large: rule(413, 'client', 'stop'),
  headers_too_large: rule(431, 'client', 'stop'),
  unsupported_media_type: rule(415, 'client', 'stop'),
  route_not_found: rule(404, 'client', 'stop'),
  method_not_allowed: rule(405, 'client', 'stop'),
  request_timeout: rule(408, 'client', 'stop'),
  client_gone: rule(499, 'client', 'stop'),
  conflict: rule(409, 'client', 'stop'),
  // who is asking
  unauthenticated: rule(401, 'client', 'stop'),
  token_invalid: rule(401, 'client', 'stop'),
  token_revoked: rule(401, 'client', 'stop'),
  token_expired: rule(401, 'client', 'stop'),
  two_credentials: rule(400, 'client', 'stop'),
  login_failed: rule(401, 'client', 'stop'),
  too_many_attempts: rule(429, 'client', 'stop'),
  forbidden: rule(403, 'policy', 'stop'),
  address_not_allowed: rule(403, 'policy', 'stop'),
  not_found: rule(404, 'client', 'stop'),
  invite_ended: rule(410, 'client', 'stop'),
  org_frozen: rule(403, 'policy', 'stop'),
  org_sealed: rule(423, 'policy', 'stop'),
  // models and keys
  model_not_found: rule(404, 'client', 'stop'),
  model_not_allowed: rule(403, 'policy', 'stop'),
  dialect_not_supported: rule(400, 'client', 'stop'),
  param_not_supported: rule(400, 'client', 'next-attempt'),
  state_not_found: rule(409, 'client', 'stop'),
  unknown_provider: rule(404, 'client', 'stop'),
  provider_discontinued: rule(410, 'provider', 'stop'),
  // money and limits
  credits_exhausted: rule(402, 'policy', 'stop'),
  budget_exceeded: rule(402, 'policy', 'stop'),
  price_unknown: rule(422, 'policy', 'next-attempt'),
  limit_exceeded: rule(429, 'policy', 'stop'),
  no_key_available: rule(403, 'policy', 'stop'),
  key_malformed: rule(400, 'client', 'stop'),
  key_wrong_provider: rule(400, 'client', 'stop'),
  key_test_failed: rule(422, 'key', 'stop'),
  key_config_invalid: rule(400, 'client', 'stop'),
  kek_refused: rule(422, 'client', 'stop'),
  key_duplicate: rule(409, 'client', 'stop'),
  key_disabled: rule(409, 'key', 'next-attempt'),
  // opening a key
  integrity_failed: rule(503, 'platform', 'stop'),
  key_unavailable: rule(503, 'platform', 'stop'),
  // what the provider said before the first byte
  key_rejected: rule(502, 'key', 'next-attempt', 'auth'),
  key_permission: rule(403, 'key', 'next-attempt', 'permission'),
  key_no_credit: rule(402, 'key', 'next-attempt', 'quota'),
  rate_limited: rule(429, 'provider', 'next-attempt', 'rate'),
  upstream_overloaded: rule(503, 'provider', 'same-key-retry', 'overload'),
  upstream_error: rule(502, 'provider', 'same-key-retry', 'overload'),
  upstream_refused_request: rule(400, 'client', 'stop', 'client'),
  upstream_unreachable: rule(502, 'provider', 'same-key-retry', 'network'),
  upstream_timeout: rule(504, 'provider', 'next-attempt', 'network'),
  upstream_redirect: rule(502, 'provider', 'stop', 'policy'),
  upstream_too_large: rule(502, 'provider', 'stop', 'policy'),
  endpoint_not_allowed: rule(422, 'policy', 'stop', 'policy'),
  // after the first byte
  stream_cut: rule(502, 'provider', 'stop', 'network'),
  // us
  draining: rule(503, 'platform', 'stop'),
  service_unavailable: rule(503, 'platform', 'stop'),
  caller_not_allowed: rule(403, 'platform', 'stop'),
  internal: rule(500, 'platform', 'stop'),
} as const satisfies Record<string, ErrorRule>;

export type ErrorCode = keyof typeof ERRORS;

export interface ErrorOptions {
  cause?: unknown;
  /** Facts for the caller, safe to show: field names, ids of their own, limits. Never a secret. */
  details?: Record<string, unknown>;
}

/** An error with a public sentence that says what to do. The cause is for the log alone. */
export class AppError extends Error {
  readonly code: ErrorCode;
  readonly details: Record<string, unknown> | undefined;

  constructor(code: ErrorCode, publicMessage: string, options: ErrorOptions = {}) {
    super(publicMessage, { cause: options.cause });
    this.name = 'AppError';
    this.code = code;
    this.details = options.details;
  }

  get rule(): ErrorRule {
    return ERRORS[this.code];
  }
}

export function isErrorCode(value: unknown): value is ErrorCode {
  return typeof value === 'string' && Object.hasOwn(ERRORS, value);
}

/** Any thrown thing as an AppError; what we did not foresee becomes `internal` with the original as its cause. */
export function toAppError(error: unknown): AppError {
  return error instanceof AppError ? error : new AppError('internal', 'Something went wrong on our side. Quote the request id to your operator.', { cause: error });
}
