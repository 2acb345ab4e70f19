import type { NanoUsd } from '@byok/kernel';
import type { Charge } from '@byok/ledger';
import type { Sql } from '@byok/platform';
import { unnestRows, type BulkColumn } from './unnest.js';

/** What an attempt on platform credits was charged. */
export interface ChargeRow extends Charge {
  eventId: string;
  orgId: string;
  tier: string;
  markupBps: number;
  priceId: string | null;
  holdId: string | null;
  isLate: boolean;
  journalId: string;
}

/** From (+) or back to (-) which lot. */
export interface LotUseRow {
  journalId: string;
  eventId: string;
  lotId: string;
  amountNanoUsd: NanoUsd;
}

const CHARGE_COLUMNS: readonly BulkColumn<ChargeRow>[] = [
  ['event_id', 'text', (charge) => charge.eventId],
  ['org_id', 'text', (charge) => charge.orgId],
  ['base_nano_usd', 'bigint', (charge) => charge.baseNanoUsd.toString()],
  ['markup_nano_usd', 'bigint', (charge) => charge.markupNanoUsd.toString()],
  ['overrun_nano_usd', 'bigint', (charge) => charge.overrunNanoUsd.toString()],
  ['tier', 'text', (charge) => charge.tier],
  ['markup_bps', 'int', (charge) => charge.markupBps],
  ['price_id', 'text', (charge) => charge.priceId],
  ['hold_id', 'text', (charge) => charge.holdId],
  ['is_late', 'boolean', (charge) => charge.isLate],
  ['journal_id', 'text', (charge) => charge.journalId],
];

const USE_COLUMNS: readonly BulkColumn<LotUseRow>[] = [
  ['journal_id', 'text', (use) => use.journalId],
  ['event_id', 'text', (use) => use.eventId],
  ['lot_id', 'text', (use) => use.lotId],
  ['amount_nano_usd', 'bigint', (use) => use.amountNanoUsd.toString()],
];

export async function insertCharges(tx: Sql, charges: readonly ChargeRow[]): Promise<void> {
  if (charges.length === 0) return;
  const { from, parameters } = unnestRows(CHARGE_COLUMNS, charges);
  await tx.query(`INSERT INTO billing.charge (${CHARGE_COLUMNS.map(([name]) => name).join(', ')}) SELECT * FROM ${from}`, parameters);
}

export async function insertLotUses(tx: Sql, uses: readonly LotUseRow[]): Promise<void> {
  if (uses.length === 0) return;
  const { from, parameters } = unnestRows(USE_COLUMNS, uses);
  await tx.query(`INSERT INTO billing.lot_use (${USE_COLUMNS.map(([name]) => name).join(', ')}) SELECT * FROM ${from}`, parameters);
}

export async function findCharge(db: Sql, orgId: string, eventId: string): Promise<ChargeRow | undefined> {
  const [row] = await db.query<{ base: string; markup: string; overrun: string } & Omit<ChargeRow, keyof Charge>>(
    `SELECT event_id AS "eventId", org_id AS "orgId", base_nano_usd AS base, markup_nano_usd AS markup, overrun_nano_usd AS overrun, tier, markup_bps AS "markupBps",
            price_id AS "priceId", hold_id AS "holdId", is_late AS "isLate", journal_id AS "journalId" FROM billing.charge WHERE org_id = $1 AND event_id = $2`,
    [orgId, eventId],
  );
  if (!row) return undefined;
  const { base, markup, overrun, ...facts } = row;
  return { ...facts, baseNanoUsd: BigInt(base), markupNanoUsd: BigInt(markup), overrunNanoUsd: BigInt(overrun) };
}

/** What each lot still has given for an event, refunds taken off, in the order in which the lots are burnt. */
export async function lotUsesOf(db: Sql, eventId: string): Promise<{ lotId: string; amountNanoUsd: NanoUsd }[]> {
  const rows = await db.query<{ lot_id: string; amount: string }>(
    `SELECT lot_id, sum(lot_use.amount_nano_usd) AS amount FROM billing.lot_use JOIN billing.credit_lot AS lot ON lot.id = lot_id WHERE event_id = $1
     GROUP BY lot_id, lot.priority, lot.expires_at HAVING sum(lot_use.amount_nano_usd) > 0 ORDER BY lot.priority, lot.expires_at NULLS LAST, lot_id`,
    [eventId],
  );
  return rows.map((row) => ({ lotId: row.lot_id, amountNanoUsd: BigInt(row.amount) }));
}
