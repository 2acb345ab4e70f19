import type { AuthoriseDeps } from './authorise.js';
import type { Target } from './http-client.js';

/**
 * Where a request to `url` goes. An operator who moved its provider is trusted to know where to; whoever else named it is not.
 * @throws AppError endpoint_not_allowed
 */
export function placeOf(url: URL, providerId: string, bulkhead: string, { pools, baseUrls }: Pick<AuthoriseDeps, 'pools' | 'baseUrls'>): Pick<Target, 'pool' | 'path'> {
  return { pool: pools.poolFor(url, baseUrls[providerId] === undefined ? 'nobody' : 'operator', bulkhead), path: url.pathname + url.search };
}
