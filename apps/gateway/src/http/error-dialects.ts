import type { IncomingHttpHeaders } from 'node:http';
import type { AppError } from '@byok/kernel';

/** In whose manner an error is told: OpenAI's (its Responses have events of their own), Anthropic's, Google's, or that of our own `/api/inference`. */
export type CallerDialect = 'openai' | 'openai-responses' | 'anthropic' | 'gemini' | 'inference';

/** That of whoever asks at a path that is no metered one. */
export function dialectAt(path: string, headers: IncomingHttpHeaders): CallerDialect {
  if (path.startsWith('/v1beta/')) return 'gemini';
  return path.startsWith('/v1/messages') || headers['anthropic-version'] !== undefined ? 'anthropic' : 'openai';
}

interface Told {
  error: AppError;
  requestId: string;
  status: number;
}

const BODIES: Record<CallerDialect, (told: Told) => object> = {
  openai: inOpenAi,
  'openai-responses': inOpenAi,
  anthropic: ({ error, requestId, status }) => ({
    type: 'error',
    error: { type: ANTHROPIC_TYPES[status] ?? (status < 500 ? 'invalid_request_error' : 'api_error'), message: error.message, code: codeOf(error), ...shown(error) },
    request_id: requestId,
  }),
  gemini: ({ error, requestId, status }) => ({
    error: {
      code: status,
      message: error.message,
      status: GEMINI_STATUSES[status] ?? (status < 500 ? 'INVALID_ARGUMENT' : 'INTERNAL'),
      details: [{ '@type': 'type.googleapis.com/google.rpc.ErrorInfo', reason: codeOf(error).toUpperCase(), domain: 'byok', metadata: { requestId } }],
      ...shown(error),
    },
  }),
  inference: ({ error, requestId }) => ({ success: false, error: error.message, code: codeOf(error), requestId, ...shown(error) }),
};

function inOpenAi({ error, requestId, status }: Told): object {
  return {
    error: { message: error.message, type: OPENAI_TYPES[status] ?? (status < 500 ? 'invalid_request_error' : 'server_error'), code: codeOf(error), param: paramOf(error), request_id: requestId, ...shown(error) },
  };
}

const OPENAI_TYPES: Record<number, string> = { 401: 'authentication_error', 402: 'insufficient_quota', 403: 'permission_error', 423: 'permission_error', 429: 'rate_limit_error' };

const ANTHROPIC_TYPES: Record<number, string> = {
  401: 'authentication_error',
  402: 'billing_error',
  403: 'permission_error',
  404: 'not_found_error',
  413: 'request_too_large',
  423: 'permission_error',
  429: 'rate_limit_error',
  503: 'overloaded_error',
  504: 'timeout_error',
};

const GEMINI_STATUSES: Record<number, string> = {
  401: 'UNAUTHENTICATED',
  402: 'RESOURCE_EXHAUSTED',
  403: 'PERMISSION_DENIED',
  404: 'NOT_FOUND',
  409: 'FAILED_PRECONDITION',
  423: 'FAILED_PRECONDITION',
  429: 'RESOURCE_EXHAUSTED',
  499: 'CANCELLED',
  503: 'UNAVAILABLE',
  504: 'DEADLINE_EXCEEDED',
};

/** The body of an error answer in the caller's dialect, so that the SDK's own error classes fit. */
export function errorBody(dialect: CallerDialect, error: AppError, requestId: string): string {
  return JSON.stringify(tell(dialect, error, requestId));
}

function tell(dialect: CallerDialect, error: AppError, requestId: string): object {
  return BODIES[dialect]({ error, requestId, status: statusOf(error) });
}

/** The last event of a stream that cannot go on, in the caller's dialect. */
export function errorEvent(dialect: CallerDialect, error: AppError, requestId: string): string {
  const told = tell(dialect, error, requestId);
  const data = JSON.stringify(dialect === 'openai-responses' ? asResponsesEvent(error, told) : told);
  return dialect === 'anthropic' || dialect === 'openai-responses' ? `event: error\ndata: ${data}\n\n` : `data: ${data}\n\n`;
}

/** The event that Responses define, and the `error` member by which OpenAI's own client notices one. */
function asResponsesEvent(error: AppError, told: object): object {
  return { type: 'error', code: codeOf(error), message: error.message, param: paramOf(error), sequence_number: 0, ...told };
}

export function statusOf(error: AppError): number {
  const told = error.details?.['upstreamStatus'];
  // A provider that refuses the request itself says more with its own status than we do with 400.
  return error.code === 'upstream_refused_request' && typeof told === 'number' && [400, 404, 409, 413, 415, 422].includes(told) ? told : error.rule.http;
}

/** Clients branch on codes such as `context_length_exceeded`: a provider's word about the request is passed on as the code. */
function codeOf(error: AppError): string {
  const told = error.details?.['providerCode'];
  return error.code === 'upstream_refused_request' && typeof told === 'string' ? told : error.code;
}

function paramOf(error: AppError): string | null {
  const param = error.details?.['param'];
  return typeof param === 'string' ? param : null;
}

/** Further facts for the caller; what shaped status, code or headers already is not repeated. */
function shown(error: AppError): object {
  const { upstreamStatus: _status, retryAfterMs: _retry, param: _param, ...rest } = error.details ?? {};
  return rest;
}
