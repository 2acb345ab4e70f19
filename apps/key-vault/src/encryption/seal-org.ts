import type { OrgEncryptionMessage } from '@byok/contracts';
import { appendAudit, notifyChange } from '@byok/platform';

import { actorIdOf } from '../acl/principal-of-actor.js';
import { setSealed } from '../store/org-kek.store.js';
import type { VaultDeps } from '../vault-deps.js';
import { ActorRequest } from '../wire/encryption-requests.js';
import { parse } from '../wire/parse.js';
import { describeEncryption } from './describe-encryption.js';
import { reachEncryption } from './reach-encryption.js';

type Deps = Pick<VaultDeps, 'db' | 'kms' | 'deks' | 'clock'>;

/** Stops everything that needs a key of the org: data keys leave the memory of every vault, keys that of every gateway. */
export function sealOrg(deps: Deps, message: unknown): Promise<OrgEncryptionMessage> {
  return turn(deps, message, true);
}

/** Lets keys be opened again. */
export function unsealOrg(deps: Deps, message: unknown): Promise<OrgEncryptionMessage> {
  return turn(deps, message, false);
}

/** Doing again what was done changes nothing and leaves no trace. */
async function turn(deps: Deps, message: unknown, isSealed: boolean): Promise<OrgEncryptionMessage> {
  const principal = await reachEncryption(deps, parse(ActorRequest, message).actor, 'encryption:seal');
  const { orgId } = principal;
  const by = actorIdOf(principal);
  await deps.db.transaction(async (tx) => {
    if (!(await setSealed(tx, orgId, isSealed, by))) return;
    await notifyChange(tx, { org: orgId, kind: 'org', id: orgId });
    await appendAudit(tx, 'vault.audit', { orgId, action: isSealed ? 'org.seal' : 'org.unseal', actorId: by, targetId: orgId, outcome: 'allowed', details: { tokenId: principal.tokenId, sessionId: principal.sessionId } });
  });
  deps.deks.drop(orgId);
  return describeEncryption(deps, orgId);
}
