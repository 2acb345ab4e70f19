import type { IncomingHttpHeaders } from 'node:http';
import type { UpstreamEndpoint } from '@byok/providers';

/** What of the caller's headers reaches a provider: switches of its dialect, nothing that identifies or authorises. */
const PASSED_ON: Partial<Record<UpstreamEndpoint, readonly string[]>> = {
  messages: ['anthropic-version', 'anthropic-beta'],
  chat: ['openai-beta'],
  responses: ['openai-beta'],
};
/** All of them, once. */
export const SWITCHES: readonly string[] = [...new Set(Object.values(PASSED_ON).flat())];
const MAX_VALUE = 1_000;

/** The headers of an upstream request, as a flat raw array: ours, then those of this one request. What the caller says about the dialect wins over our default. */
export function requestHeaders(own: readonly string[], further: readonly string[], caller: IncomingHttpHeaders, endpoint: UpstreamEndpoint): string[] {
  const headers = [...own, ...further];
  for (const name of PASSED_ON[endpoint] ?? []) {
    const value = caller[name];
    if (typeof value !== 'string' || value.length > MAX_VALUE) continue;
    const index = headers.findIndex((each, position) => position % 2 === 0 && each.toLowerCase() === name);
    if (index === -1) headers.push(name, value);
    else headers[index + 1] = value;
  }
  return headers;
}
