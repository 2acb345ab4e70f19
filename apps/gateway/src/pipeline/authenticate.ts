import { hash } from 'node:crypto';
import { AppError } from '@byok/kernel';
import { authenticate as askIdentity, type AuthenticateDeps, type Principal } from '@byok/identity';
import { LRUCache } from 'lru-cache';
import { FreshCache, type FreshCacheOptions } from './fresh-cache.js';

export type Authenticate = (credential: string) => Principal | Promise<Principal>;

type CacheTimes = Pick<FreshCacheOptions<string, Principal>, 'freshMs' | 'staleMs' | 'changes'>;

const MAX_PRINCIPALS = 50_000;
const MAX_REFUSALS = 10_000;
const REFUSAL_MS = 5_000;

/**
 * Who stands behind a credential. Remembered under the SHA-256 of the whole of it; a refusal is remembered for some seconds and
 * until anything changes anywhere, so that a client which hammers a dead token does not reach the database each time.
 */
export function makeAuthenticate(deps: AuthenticateDeps & CacheTimes): { authenticate: Authenticate; principals: FreshCache<string, Principal> } {
  const refusals = new LRUCache<string, { error: AppError; mark: number }>({ max: MAX_REFUSALS, ttl: REFUSAL_MS });
  const principals = new FreshCache<string, Principal>({
    ...deps,
    max: MAX_PRINCIPALS,
    load: (credential) => askIdentity(deps, credential),
    orgOf: (principal) => principal.orgId,
  });
  const remember = (key: string, mark: number, error: unknown): never => {
    if (error instanceof AppError && error.rule.http < 500) refusals.set(key, { error, mark });
    throw error;
  };
  return {
    principals,
    authenticate: (credential) => {
      const key = hash('sha256', credential, 'base64');
      const mark = deps.changes.sequence;
      const refusal = refusals.size > 0 ? refusals.get(key) : undefined;
      if (refusal && refusal.mark === mark) throw refusal.error;
      const principal = principals.get(key, credential);
      return principal instanceof Promise ? principal.catch((error: unknown) => remember(key, mark, error)) : principal;
    },
  };
}
