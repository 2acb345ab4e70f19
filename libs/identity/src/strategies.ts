import type { Clock } from '@byok/kernel';
import type { Sql } from '@byok/platform';
import CustomStrategy from 'passport-custom';
import { authenticateJwt, authenticateToken } from './authenticate.js';
import type { AuthenticateDeps } from './authenticate.js';
import { presentedCredential } from './presented-credential.js';
import { TOKEN_PREFIX } from './token-text.js';
import type { Principal } from './types.js';

/** Passport names: `passport.authenticate([TOKEN_STRATEGY, SESSION_STRATEGY])` takes whichever the credential is. */
export const TOKEN_STRATEGY = 'byok-token';
export const SESSION_STRATEGY = 'byok-session';

/** Passport strategy for tokens; a credential that is no token is left to the next strategy. */
export function tokenStrategy(deps: { db: Sql; clock: Clock }): CustomStrategy {
  return strategy(async (presented) => (presented.startsWith(TOKEN_PREFIX) ? authenticateToken(deps.db, presented, deps.clock) : undefined));
}

/** Passport strategy for JWTs: a session's access token, or a service's of an issuer that its org trusts. */
export function sessionStrategy(deps: AuthenticateDeps): CustomStrategy {
  return strategy(async (presented) => (presented.startsWith(TOKEN_PREFIX) ? undefined : authenticateJwt(deps, presented)));
}

function strategy(find: (presented: string) => Promise<Principal | undefined>): CustomStrategy {
  return new CustomStrategy((request, done) => {
    Promise.resolve()
      .then(() => find(presentedCredential(request.headers)))
      .then((principal) => done(null, principal ?? false), done);
  });
}
