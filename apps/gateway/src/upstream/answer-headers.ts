import type { IncomingHttpHeaders } from 'node:http';

/** What of a provider's answer may reach the caller. Everything else stays here: cookies, locations, hop-by-hop, names of ours. */
const ALLOWED = new Set([
  'content-type',
  'retry-after',
  'retry-after-ms',
  'openai-model',
  'openai-version',
  'openai-processing-ms',
  'x-should-retry',
  'cf-ray',
]);
/** What a browser would run. No provider answers a call with it; an endpoint that a tenant named may try. */
const RUNS_IN_BROWSERS = /html|xml|javascript|ecmascript/i;
const ALLOWED_PREFIXES = ['x-ratelimit-', 'anthropic-ratelimit-', 'x-tokenlimit-'];

/**
 * The allowed headers of an upstream answer, appended to a flat raw array. A translated answer has a content type of its own; and to
 * callers with limits of their own here, those of the key say nothing.
 */
export function appendUpstreamHeaders(flat: string[], headers: IncomingHttpHeaders, contentType: string | null, hasOwnLimits: boolean): void {
  flat.push('x-content-type-options', 'nosniff');
  if (contentType !== null) flat.push('content-type', contentType);
  for (const name in headers) {
    if (!isAllowed(name) || (contentType !== null && name === 'content-type') || (hasOwnLimits && name.startsWith('x-ratelimit-'))) continue;
    const value = headers[name];
    if (typeof value === 'string') flat.push(name, name === 'content-type' && RUNS_IN_BROWSERS.test(value) ? 'text/plain; charset=utf-8' : value);
  }
  const upstreamId = headers['x-request-id'] ?? headers['request-id'];
  if (typeof upstreamId === 'string') flat.push('x-upstream-request-id', upstreamId);
}

function isAllowed(name: string): boolean {
  return ALLOWED.has(name) || ((name.charCodeAt(0) === 120 || name.charCodeAt(0) === 97) && ALLOWED_PREFIXES.some((prefix) => name.startsWith(prefix)));
}
