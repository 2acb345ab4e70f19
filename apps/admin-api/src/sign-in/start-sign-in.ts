import { beginSignIn, findIdentityProvider } from '@byok/identity';
import { AppError, isId, type Clock } from '@byok/kernel';
import type { Database } from '@byok/platform';
import type { Limiter } from '../auth/limiters.js';
import { authorisationUrl, type ProviderDeps } from './ask-provider.js';
import { newBrowserSecret, proofOf } from './browser-secret.js';
import { refuseFrozen } from './refuse-frozen.js';

export type StartDeps = ProviderDeps & { db: Database; clock: Clock; signInLimiter: Limiter };

export interface StartedSignIn {
  /** At the provider. */
  location: string;
  /** For a cookie of the browser that is sent there. */
  browserSecret: string;
}

/** Sends somebody to their org's provider. What completes the sign-in stays in their browser; here is a hash of its state. */
export async function startSignIn(deps: StartDeps, orgId: string, asked: { returnTo?: string | undefined; ip: string; redirectUri: string }): Promise<StartedSignIn> {
  await deps.signInLimiter.take(asked.ip);
  // An org that does not exist and one that has no provider are told apart by nobody.
  const provider = isId('org', orgId) ? await findIdentityProvider(deps.db, orgId) : undefined;
  if (!provider) throw new AppError('not_found', 'There is no such organisation.');
  await refuseFrozen(deps.db, provider.orgId);
  const browserSecret = newBrowserSecret();
  const proof = proofOf(browserSecret);
  const location = await authorisationUrl(deps, provider, proof, asked.redirectUri);
  await deps.db.transaction((tx) => beginSignIn(tx as never, provider.orgId, { state: proof.state, returnTo: ownPath(asked.returnTo) }, deps.clock));
  return { location: location.href, browserSecret };
}

/** A path of this site, and nothing that a browser could take for another one. */
function ownPath(path: string | undefined): string {
  return path !== undefined && /^\/(?![/\\])[\x21-\x5b\x5d-\x7e]*$/.test(path) ? path : '/';
}
