import type { CreateOrg, Org } from '@byok/contracts';
import { createOrg as insertOrg, type Principal } from '@byok/identity';
import type { OrgId } from '@byok/kernel';
import { appendAudit, type Database, type Sql } from '@byok/platform';
import { actorOf } from '../access/record-change.js';
import { orgToWire } from './org-to-wire.js';

/** Makes an org; the first row of its own audit chain says by whom. */
export async function createOrg(deps: { db: Database }, principal: Principal, input: CreateOrg): Promise<Org> {
  const org = await deps.db.transaction(async (tx) => {
    const policy = input.platformKeysGranted === undefined ? undefined : { platformKeysGranted: input.platformKeysGranted };
    const created = await insertOrg(tx as Sql & { transaction?: never }, { name: input.name, tier: input.tier ?? 'trial', policy });
    const entry = { orgId: created.id as OrgId, action: 'org.create', actorId: actorOf(principal), targetId: created.id, outcome: 'allowed' as const };
    await appendAudit(tx, 'identity.audit', { ...entry, details: { tier: created.tier } });
    return created;
  });
  return orgToWire(org);
}
