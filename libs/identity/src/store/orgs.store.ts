import { AppError, newId } from '@byok/kernel';
import type { OrgId } from '@byok/kernel';
import { notifyChange } from '@byok/platform';
import type { Sql } from '@byok/platform';
import type { Org, OrgPolicy, OrgStatus, Page, PageRequest, Tier, Tx } from '../types.js';
import { pageOf, pageParameters } from './page.js';
import { found } from './refusals.js';

export interface OrgInput {
  name: string;
  tier: Tier;
  policy?: Partial<OrgPolicy> | undefined;
}

export interface OrgChange {
  name?: string | undefined;
  tier?: Tier | undefined;
  status?: Exclude<OrgStatus, 'deleted'> | undefined;
  policy?: Partial<OrgPolicy> | undefined;
}

const DEFAULT_POLICY: OrgPolicy = { platformCredits: 'when-no-key', aggregator: 'first', platformKeysGranted: false };

const ORG = `id, name, tier, status, created_at AS "createdAt",
  json_build_object('platformCredits', platform_credits, 'aggregator', aggregator, 'platformKeysGranted', platform_keys_granted) AS policy`;

/** Makes an org. For the operator: the only write without an org to stay inside of. */
export async function createOrg(tx: Tx, input: OrgInput): Promise<Org> {
  const policy = { ...DEFAULT_POLICY, ...given(input.policy) };
  const [org] = await tx.query<Org>(
    `INSERT INTO identity.org (id, name, tier, platform_credits, aggregator, platform_keys_granted) VALUES ($1, $2, $3, $4, $5, $6) RETURNING ${ORG}`,
    [newId('org'), input.name, input.tier, policy.platformCredits, policy.aggregator, policy.platformKeysGranted],
  );
  return org!;
}

/** Every org that was not deleted. For the operator. */
export async function listOrgs(db: Sql, page: PageRequest = {}): Promise<Page<Org>> {
  const { after, limit } = pageParameters(page);
  const rows = await db.query<Org>(`SELECT ${ORG} FROM identity.org WHERE status <> 'deleted' AND id > $1 ORDER BY id LIMIT $2`, [after, limit]);
  return pageOf(rows, page, (org) => org.id);
}

export async function getOrg(db: Sql, orgId: OrgId): Promise<Org> {
  const [org] = await db.query<Org>(`SELECT ${ORG} FROM identity.org WHERE id = $1 AND status <> 'deleted'`, [orgId]);
  return found(org, 'organisation');
}

export async function updateOrg(tx: Tx, orgId: OrgId, change: OrgChange): Promise<Org> {
  await lockOrg(tx, orgId);
  if (change.status === 'frozen') await refuseForOperators(tx, orgId, 'frozen');
  const policy = change.policy ?? {};
  const [org] = await tx.query<Org>(
    `UPDATE identity.org SET name = coalesce($2, name), tier = coalesce($3, tier), status = coalesce($4, status),
       platform_credits = coalesce($5, platform_credits), aggregator = coalesce($6, aggregator), platform_keys_granted = coalesce($7, platform_keys_granted)
     WHERE id = $1 AND status <> 'deleted' RETURNING ${ORG}`,
    [orgId, change.name ?? null, change.tier ?? null, change.status ?? null, policy.platformCredits ?? null, policy.aggregator ?? null, policy.platformKeysGranted ?? null],
  );
  await notifyChange(tx, { org: orgId, kind: 'org', id: orgId });
  return found(org, 'organisation');
}

/** Every credential of the org stops at once; its rows stay for the books. */
export async function deleteOrg(tx: Tx, orgId: OrgId, deletedBy = ''): Promise<void> {
  await lockOrg(tx, orgId);
  await refuseForOperators(tx, orgId, 'deleted');
  await tx.query(`UPDATE identity.org SET status = 'deleted', deleted_at = now(), deleted_by = $2 WHERE id = $1`, [orgId, deletedBy]);
  // Nobody can sign in any more, so an address must be free to join another org.
  await tx.query(`UPDATE identity.app_user SET status = 'deleted' WHERE org_id = $1`, [orgId]);
  await notifyChange(tx, { org: orgId, kind: 'org', id: orgId });
}

/** Holds the org's row until the transaction ends, so that two changes of who owns it cannot pass each other. */
export async function lockOrg(tx: Tx, orgId: OrgId): Promise<void> {
  const [org] = await tx.query<{ id: string }>(`SELECT id FROM identity.org WHERE id = $1 AND status <> 'deleted' FOR UPDATE`, [orgId]);
  found(org, 'organisation');
}

async function refuseForOperators(tx: Tx, orgId: OrgId, what: string): Promise<void> {
  const operators = await tx.query(`SELECT 1 FROM identity.app_user WHERE org_id = $1 AND is_operator AND status <> 'deleted' LIMIT 1`, [orgId]);
  if (operators.length > 0) throw new AppError('conflict', `The organisation of the platform's operators cannot be ${what}.`);
}

/** Without the fields that are undefined, so that spreading them over defaults keeps the defaults. */
function given<T extends object>(fields: T | undefined): Partial<T> {
  return Object.fromEntries(Object.entries(fields ?? {}).filter(([, value]) => value !== undefined)) as Partial<T>;
}
