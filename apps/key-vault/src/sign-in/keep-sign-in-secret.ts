import { seal } from '@byok/envelope';
import { may } from '@byok/identity';
import type { Principal } from '@byok/identity';
import { AppError } from '@byok/kernel';
import { appendAudit } from '@byok/platform';
import type { Sql } from '@byok/platform';

import { deny } from '../acl/deny.js';
import { actorIdOf, principalOfActor } from '../acl/principal-of-actor.js';
import type { VaultDeps } from '../vault-deps.js';
import { takeSecret } from '../verbs/take-secret.js';
import { parse } from '../wire/parse.js';
import { ActorRequest, KeepSignInSecretRequest } from '../wire/sign-in-requests.js';
import { deleteSignInSecret, nextSignInSecret, sealedSignInFor, writeSignInSecret } from './sign-in-secret.store.js';

type Deps = Pick<VaultDeps, 'db' | 'clock' | 'deks' | 'random' | 'deploymentId'>;

/** Seals the secret of the actor's org at its identity provider; the one before is gone. */
export async function keepSignInSecret(deps: Deps, message: unknown): Promise<object> {
  const request = parse(KeepSignInSecretRequest, message);
  const { secret } = takeSecret(request.secret);
  const principal = await whoMay(deps, request.actor);
  const { orgId } = principal;
  const next = await nextSignInSecret(deps.db, orgId, request.issuer);
  const dek = await deps.deks.activeDek(orgId);
  const sealed = { ...next, dekId: dek.id, dekVersion: dek.version, blob: seal(secret, sealedSignInFor(next, deps.deploymentId), dek, deps.random) };
  await deps.db.transaction(async (tx) => {
    if (!(await writeSignInSecret(tx, orgId, sealed))) throw new AppError('conflict', 'Somebody else changed this secret at the same moment. Look at it again.');
    await record(tx, principal, 'sign-in-secret.store', sealed.id, { version: sealed.version });
  });
  return {};
}

/** Nothing is kept any more. Doing it again changes nothing. */
export async function dropSignInSecret(deps: Pick<VaultDeps, 'db' | 'clock'>, message: unknown): Promise<object> {
  const principal = await whoMay(deps, parse(ActorRequest, message).actor);
  await deps.db.transaction(async (tx) => {
    const gone = await deleteSignInSecret(tx, principal.orgId);
    if (gone) await record(tx, principal, 'sign-in-secret.delete', gone, {});
  });
  return {};
}

async function whoMay(deps: Pick<VaultDeps, 'db' | 'clock'>, actor: Parameters<typeof principalOfActor>[1]): Promise<Principal> {
  const principal = await principalOfActor(deps, actor);
  if (may(principal, 'identity-provider:update', { org: principal.orgId })) return principal;
  return deny(deps, principal, 'sign-in-secret.store', principal.orgId, new AppError('forbidden', 'Only an owner of the organisation may do this.'));
}

function record(tx: Sql, principal: Principal, action: string, targetId: string, details: Record<string, number>): Promise<void> {
  const { orgId, tokenId, sessionId } = principal;
  return appendAudit(tx, 'vault.audit', { orgId, action, actorId: actorIdOf(principal), targetId, outcome: 'allowed', details: { ...details, tokenId, sessionId } });
}
