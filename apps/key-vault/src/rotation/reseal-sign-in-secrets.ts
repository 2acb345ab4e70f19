import { seal } from '@byok/envelope';
import type { Dek } from '@byok/envelope';
import type { Sql } from '@byok/platform';

import { openSealedSignIn, quarantineSignIn } from '../sign-in/open-sign-in-secret.js';
import { moveSignInSecret, sealedSignInFor, signInSecretsUnderOtherDeks } from '../sign-in/sign-in-secret.store.js';
import type { SignInSecret } from '../sign-in/sign-in-secret.store.js';
import type { KeyOrg } from '../store/key-row.js';
import type { ResealDeps, SealedRow } from './sealed-places.js';

/** The secret of an org's identity provider, if it is sealed under a DEK that the org had before. */
export async function resealableSignInSecrets(deps: ResealDeps, db: Sql, orgId: KeyOrg, activeDekId: string, limit: number): Promise<SealedRow[]> {
  const found = await signInSecretsUnderOtherDeks(db, orgId, activeDekId, limit);
  return found.map((each) => ({ id: each.id, reseal: (tx, dek) => reseal(deps, tx, each, dek), quarantine: () => quarantineSignIn(deps.db, each) }));
}

async function reseal(deps: ResealDeps, tx: Sql, found: SignInSecret, dek: Dek): Promise<boolean> {
  const secret = await openSealedSignIn(deps, found);
  return moveSignInSecret(tx, found, { dekId: dek.id, dekVersion: dek.version, blob: seal(secret, sealedSignInFor(found, deps.deploymentId), dek, deps.random) });
}
