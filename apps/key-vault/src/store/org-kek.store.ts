import { AppError } from '@byok/kernel';
import type { Sql } from '@byok/platform';

import type { KeyOrg } from './key-row.js';

/** What an org decided about its encryption. An org that decided nothing has no row. */
export interface OrgKek {
  /** null: the KEK that the operator configured. */
  kekUri: string | null;
  kekVersion: string;
  setAt: Date | null;
  setBy: string;
  sealedAt: Date | null;
  sealedBy: string;
}

const NOTHING: OrgKek = { kekUri: null, kekVersion: '', setAt: null, setBy: '', sealedAt: null, sealedBy: '' };

export async function findOrgKek(db: Sql, orgId: KeyOrg): Promise<OrgKek> {
  const [row] = await db.query<OrgKek>(
    `SELECT kek_uri AS "kekUri", kek_version AS "kekVersion", set_at AS "setAt", set_by AS "setBy", sealed_at AS "sealedAt", sealed_by AS "sealedBy" FROM vault.org_kek WHERE org_id = $1`,
    [orgId],
  );
  return row ?? NOTHING;
}

/** Gives an org a KEK of its own, or back the operator's. */
export async function putOrgKek(tx: Sql, orgId: KeyOrg, kek: { kekUri: string; kekVersion: string } | null, by: string): Promise<void> {
  await tx.query(
    `INSERT INTO vault.org_kek (org_id, kek_uri, kek_version, set_at, set_by) VALUES ($1, $2::text, $3, CASE WHEN $2::text IS NULL THEN NULL ELSE now() END, $4)
     ON CONFLICT (org_id) DO UPDATE SET kek_uri = excluded.kek_uri, kek_version = excluded.kek_version, set_at = excluded.set_at, set_by = excluded.set_by`,
    [orgId, kek?.kekUri ?? null, kek?.kekVersion ?? '', by],
  );
}

/** True when that changed something. */
export async function setSealed(tx: Sql, orgId: KeyOrg, isSealed: boolean, by: string): Promise<boolean> {
  const sealed = `INSERT INTO vault.org_kek AS k (org_id, sealed_at, sealed_by) VALUES ($1, now(), $2)
    ON CONFLICT (org_id) DO UPDATE SET sealed_at = excluded.sealed_at, sealed_by = excluded.sealed_by WHERE k.sealed_at IS NULL RETURNING org_id`;
  const unsealed = `UPDATE vault.org_kek SET sealed_at = NULL, sealed_by = '' WHERE org_id = $1 AND sealed_at IS NOT NULL RETURNING org_id`;
  const rows = isSealed ? await tx.query(sealed, [orgId, by]) : await tx.query(`WITH unsealed AS (${unsealed}) SELECT org_id FROM unsealed`, [orgId]);
  return rows.length > 0;
}

/** @throws AppError org_sealed for an org whose admin stopped everything that needs its keys */
export async function refuseSealed(db: Sql, orgId: KeyOrg): Promise<void> {
  const sealed = await db.query('SELECT 1 FROM vault.org_kek WHERE org_id = $1 AND sealed_at IS NOT NULL', [orgId]);
  if (sealed.length > 0) throw new AppError('org_sealed', 'An admin of this organisation has sealed its keys. Nothing can be opened until they are unsealed.');
}

export async function listSealed(db: Sql): Promise<KeyOrg[]> {
  const rows = await db.query<{ orgId: KeyOrg }>('SELECT org_id AS "orgId" FROM vault.org_kek WHERE sealed_at IS NOT NULL');
  return rows.map((row) => row.orgId);
}
