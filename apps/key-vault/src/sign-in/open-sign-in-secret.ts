import { open } from '@byok/envelope';
import type { Dek } from '@byok/envelope';
import { AppError, type Secret } from '@byok/kernel';
import { appendAudit } from '@byok/platform';
import type { Sql } from '@byok/platform';

import { countOpen } from '../audit/open-tally.js';
import type { VaultDeps } from '../vault-deps.js';
import { parse } from '../wire/parse.js';
import { OpenSignInSecretRequest } from '../wire/sign-in-requests.js';
import { findSignInSecret, markSignInUndecryptable, sealedSignInFor } from './sign-in-secret.store.js';
import type { SignInSecret } from './sign-in-secret.store.js';

type Deps = Pick<VaultDeps, 'db' | 'deks' | 'deploymentId'>;

/** Who signs in is nobody yet, so no credential can be named here. It is admin-api alone that asks, and it gets nothing but this. */
const SIGN_IN = 'sign-in';

/**
 * Hands out the secret with which an org's identity provider is asked who has just signed in: to admin-api, by the org's id.
 * This table is all that the verb reaches; no key can be opened by it.
 */
export async function openSignInSecret(deps: Deps, message: unknown): Promise<{ secret: string }> {
  const { orgId, issuer } = parse(OpenSignInSecretRequest, message);
  const db = deps.db.forOrg(orgId);
  const found = await findSignInSecret(db, orgId);
  // Whoever repoints the settings to a server of their own gets nothing to show there.
  if (!found || found.issuer !== issuer) throw new AppError('not_found', 'There is no such secret.');
  const secret = await opened({ ...deps, db }, found);
  await db.transaction((tx) => countOpen(tx, { orgId, actorId: SIGN_IN, keyId: found.id }, { purpose: SIGN_IN, version: found.version }));
  return { secret: secret.expose() };
}

async function opened(deps: Deps, found: SignInSecret): Promise<Secret> {
  try {
    return await openSealedSignIn(deps, found);
  } catch (error) {
    // A rotation of the org's DEK may have sealed it again since we looked.
    const now = await findSignInSecret(deps.db, found.orgId);
    if (now && now.dekVersion > found.dekVersion) return openSealedSignIn(deps, now);
    if (error instanceof AppError && error.code === 'integrity_failed') await quarantineSignIn(deps.db, found);
    throw error;
  }
}

export async function openSealedSignIn(deps: Pick<VaultDeps, 'deks' | 'deploymentId'>, found: SignInSecret): Promise<Secret> {
  if (found.isUndecryptable) throw new AppError('integrity_failed', 'The stored secret of the identity provider cannot be read. An owner of the organisation has to enter it again.');
  const dek = await deps.deks.dekOf(found.orgId, found.dekId, found.dekVersion).catch((error: unknown) => evenSealed(deps, found, error));
  return open(found.blob, sealedSignInFor(found, deps.deploymentId), dek);
}

/** Who cannot sign in cannot unseal the org either. */
function evenSealed(deps: Pick<VaultDeps, 'deks'>, found: SignInSecret, error: unknown): Promise<Dek> {
  if (!(error instanceof AppError) || error.code !== 'org_sealed') throw error;
  return deps.deks.brieflyOf(found.orgId, found.dekId, found.dekVersion);
}

export async function quarantineSignIn(db: VaultDeps['db'], found: SignInSecret): Promise<void> {
  await db.transaction(async (tx: Sql) => {
    await markSignInUndecryptable(tx, found);
    await appendAudit(tx, 'vault.audit', { orgId: found.orgId, action: 'sign-in-secret.quarantine', actorId: SIGN_IN, targetId: found.id, outcome: 'failed', details: { version: found.version } });
  });
}
