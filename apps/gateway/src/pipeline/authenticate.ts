import { hash } from 'node:crypto';
import { AppError } from '@byok/kernel';
import { authenticate as askIdentity, refuseElsewhere, type AuthenticateDeps, type GuessGuard, type Principal } from '@byok/identity';
import { clientAddress, type Network } from '@byok/platform';
import { LRUCache } from 'lru-cache';
import { FreshCache, type FreshCacheOptions } from './fresh-cache.js';

/** The part of a request that says where it comes from. */
export interface From {
  readonly socket: { readonly remoteAddress?: string | undefined };
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
}

export type Authenticate = (credential: string, from: From) => Principal | Promise<Principal>;

export interface Doorkeeping {
  /** Proxies whose X-Forwarded-For is believed. */
  trustedProxies: readonly Network[];
  guesses: GuessGuard;
}

type CacheTimes = Pick<FreshCacheOptions<string, Principal>, 'freshMs' | 'staleMs' | 'changes'>;

const MAX_PRINCIPALS = 50_000;
const MAX_REFUSALS = 10_000;
const REFUSAL_MS = 5_000;

interface Presented {
  credential: string;
  address: () => string;
}

/**
 * Who stands behind a credential. Remembered under the SHA-256 of the whole of it; a refusal is remembered for some seconds and
 * until anything changes anywhere, so that a client which hammers a dead token does not reach the database each time. Where it comes
 * from and whether it has ended meanwhile is asked of every call.
 */
export function makeAuthenticate(deps: AuthenticateDeps & CacheTimes & Doorkeeping): { authenticate: Authenticate; principals: FreshCache<Presented, Principal> } {
  const refusals = new LRUCache<string, { error: AppError; mark: number }>({ max: MAX_REFUSALS, ttl: REFUSAL_MS });
  const principals = new FreshCache<Presented, Principal>({
    ...deps,
    max: MAX_PRINCIPALS,
    load: ({ credential, address }) => deps.guesses.watch(credential, address(), () => askIdentity(deps, credential)),
    orgOf: (principal) => principal.orgId,
    endOf: (principal) => principal.endsAt,
  });
  const remember = (key: string, mark: number, error: unknown): never => {
    // Too many guesses are one address's: the same credential is good from another.
    if (error instanceof AppError && error.rule.http < 500 && error.code !== 'too_many_attempts') refusals.set(key, { error, mark });
    throw error;
  };
  return {
    principals,
    authenticate: (credential, from) => {
      const address = (): string => clientAddress(from.socket.remoteAddress, String(from.headers['x-forwarded-for'] ?? ''), deps.trustedProxies);
      const allowed = (principal: Principal): Principal => {
        refuseElsewhere(principal, address, deps.clock);
        return principal;
      };
      const key = hash('sha256', credential, 'base64');
      const mark = deps.changes.sequence;
      const refusal = refusals.size > 0 ? refusals.get(key) : undefined;
      if (refusal && refusal.mark === mark) throw refusal.error;
      const principal = principals.get(key, { credential, address });
      return principal instanceof Promise ? principal.catch((error: unknown) => remember(key, mark, error)).then(allowed) : allowed(principal);
    },
  };
}
