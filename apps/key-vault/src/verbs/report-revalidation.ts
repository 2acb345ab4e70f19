import { appendAudit, notifyChange } from '@byok/platform';

import { closeRevalidation } from '../store/revalidation.store.js';
import type { KeyStatus } from '../store/key-row.js';
import type { VaultDeps } from '../vault-deps.js';
import { parse } from '../wire/parse.js';
import { ReportRevalidationRequest } from '../wire/requests.js';
import { REVALIDATION } from './take-revalidation.js';
import { writeTestResult } from './write-test-result.js';

/**
 * Writes down what came of a look at an idle key. Only of the one that was handed out, and only `invalid` and `valid` change its status:
 * a provider that cannot be reached, or will not let it do something, says nothing about the key.
 */
export async function reportRevalidation(deps: Pick<VaultDeps, 'db'>, message: unknown): Promise<object> {
  const { id, keyId, outcome, reason } = parse(ReportRevalidationRequest, message);
  await deps.db.acrossOrgs().transaction(async (tx) => {
    const key = await closeRevalidation(tx, keyId, id);
    if (!key || key.status === 'revoked') return;
    const current = key.status as Exclude<KeyStatus, 'revoked'>;
    const tested = await writeTestResult(tx, { ...key, status: current }, outcome, reason);
    if (!tested) return;
    if (tested.status !== key.status || tested.health !== key.health) await notifyChange(tx, { org: key.orgId, kind: 'key', id: key.id });
    const details = { ownerType: key.ownerType, ownerId: key.ownerId, provider: key.provider, version: key.version, status: tested.status, outcome, by: 'gateway' };
    await appendAudit(tx, 'vault.audit', { orgId: key.orgId, action: 'key.test', actorId: REVALIDATION, targetId: key.id, outcome: 'allowed', details });
  });
  return {};
}
