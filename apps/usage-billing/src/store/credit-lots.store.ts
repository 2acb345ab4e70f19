import type { NanoUsd } from '@byok/kernel';
import type { Lot } from '@byok/ledger';
import type { Sql } from '@byok/platform';

export interface CreditLot extends Lot {
  orgId: string;
  kind: 'paid' | 'promo';
  amountNanoUsd: NanoUsd;
  journalId: string;
  note: string;
  createdBy: string;
  createdAt: Date;
}

interface Row {
  id: string;
  orgId: string;
  kind: 'paid' | 'promo';
  priority: number;
  amount: string;
  remaining: string;
  expires_at: Date | null;
  journalId: string;
  note: string;
  createdBy: string;
  createdAt: Date;
}

const LOT = `id, org_id AS "orgId", kind, priority, amount_nano_usd AS amount, remaining_nano_usd AS remaining, expires_at, journal_id AS "journalId", note,
  created_by AS "createdBy", created_at AS "createdAt"`;

export async function insertLot(tx: Sql, lot: Omit<CreditLot, 'createdAt' | 'remainingNanoUsd'>): Promise<void> {
  await tx.query(
    `INSERT INTO billing.credit_lot (id, org_id, kind, priority, amount_nano_usd, remaining_nano_usd, expires_at, journal_id, note, created_by)
     VALUES ($1, $2, $3, $4, $5, $5, $6, $7, $8, $9)`,
    [lot.id, lot.orgId, lot.kind, lot.priority, lot.amountNanoUsd.toString(), lot.expiresAt === null ? null : new Date(lot.expiresAt).toISOString(), lot.journalId, lot.note, lot.createdBy],
  );
}

/** The lots of these orgs that have something left; their wallets are locked. */
export async function lotsToBurn(tx: Sql, orgIds: readonly string[]): Promise<CreditLot[]> {
  return (await tx.query<Row>(`SELECT ${LOT} FROM billing.credit_lot WHERE org_id = ANY ($1) AND remaining_nano_usd > 0`, [orgIds])).map(lotOf);
}

/** The lots of an org that have something left, in the order in which they are burnt. */
export async function listLots(db: Sql, orgId: string): Promise<CreditLot[]> {
  return (
    await db.query<Row>(`SELECT ${LOT} FROM billing.credit_lot WHERE org_id = $1 AND remaining_nano_usd > 0 ORDER BY priority, expires_at NULLS LAST, id LIMIT 1000`, [orgId])
  ).map(lotOf);
}

export async function findLotOfJournal(db: Sql, journalId: string): Promise<CreditLot | undefined> {
  const [row] = await db.query<Row>(`SELECT ${LOT} FROM billing.credit_lot WHERE journal_id = $1`, [journalId]);
  return row && lotOf(row);
}

/** Takes from (-) or gives back to (+) lots whose wallets are locked. */
export async function changeLots(tx: Sql, changes: readonly { lotId: string; changeNanoUsd: NanoUsd }[]): Promise<void> {
  if (changes.length === 0) return;
  await tx.query(
    `UPDATE billing.credit_lot SET remaining_nano_usd = remaining_nano_usd + row.change FROM unnest($1::text[], $2::bigint[]) AS row (id, change) WHERE credit_lot.id = row.id`,
    [changes.map(({ lotId }) => lotId), changes.map(({ changeNanoUsd }) => changeNanoUsd.toString())],
  );
}

/** Orgs with lots that have expired and are not empty. */
export async function orgsWithExpiredLots(db: Sql, limit: number): Promise<string[]> {
  const rows = await db.query<{ org_id: string }>(
    `SELECT DISTINCT org_id FROM (SELECT org_id FROM billing.credit_lot WHERE remaining_nano_usd > 0 AND expires_at < now() ORDER BY expires_at LIMIT $1) AS lot ORDER BY org_id`,
    [limit],
  );
  return rows.map((row) => row.org_id);
}

function lotOf({ amount, remaining, expires_at, ...row }: Row): CreditLot {
  return { ...row, amountNanoUsd: BigInt(amount), remainingNanoUsd: BigInt(remaining), expiresAt: expires_at?.getTime() ?? null };
}
