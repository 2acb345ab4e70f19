import { CHAT_ENDPOINTS, EMBEDDING_ENDPOINTS } from './endpoints.js';
import type { CallEndpoint, UpstreamEndpoint } from './endpoints.js';
import type { Provider } from './provider.js';

/** Where at a provider a call is answered: its own endpoint of the same kind, else the first it has that a translation reaches; null when there is none. */
export function upstreamEndpoint(provider: Provider, endpoint: CallEndpoint): UpstreamEndpoint | null {
  if (provider.endpoints[endpoint] !== undefined) return endpoint;
  const family = [CHAT_ENDPOINTS, EMBEDDING_ENDPOINTS].find((each) => each.has(endpoint));
  if (!family) return null;
  return (Object.keys(provider.endpoints) as UpstreamEndpoint[]).find((each) => family.has(each)) ?? null;
}
