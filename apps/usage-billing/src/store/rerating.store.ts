import type { Meters } from '@byok/contracts';
import type { Charge } from '@byok/ledger';
import type { Sql } from '@byok/platform';
import { unnestRows, type BulkColumn } from './unnest.js';

/** A charge as it stands, earlier reratings and refunds included, with what it was for. */
export interface StandingCharge {
  eventId: string;
  provider: string;
  model: string;
  startedAt: number;
  meters: Meters | null;
  markupBps: number;
  charge: Charge;
}

interface Row {
  eventId: string;
  provider: string;
  model: string;
  started_at: Date;
  markupBps: number;
  base: string;
  markup: string;
  overrun: string;
  meters: (string | null)[];
}

const METERS: readonly (readonly [keyof Meters, string])[] = [
  ['inputUncached', 'input_uncached'],
  ['cacheRead', 'cache_read'],
  ['cacheWrite5m', 'cache_write_5m'],
  ['cacheWrite1h', 'cache_write_1h'],
  ['output', 'output'],
  ['reasoning', 'reasoning'],
  ['audioIn', 'audio_in'],
  ['audioOut', 'audio_out'],
  ['imageIn', 'image_in'],
  ['imageOut', 'image_out'],
];

/** An org's charges of calls of a stretch of time, in the order of their ids. A charge that was refunded in part is left alone: somebody decided about it. */
export async function listStandingCharges(db: Sql, orgId: string, from: string, to: string, after: string, limit: number): Promise<StandingCharge[]> {
  const rows = await db.query<Row>(
    `SELECT event_id AS "eventId", event.provider, event.model, started_at, markup_bps AS "markupBps", ARRAY[${METERS.map(([, column]) => `event.${column}`).join(', ')}]::text[] AS meters,
            charge.base_nano_usd + COALESCE(sum(rerated.base_nano_usd), 0) AS base, charge.markup_nano_usd + COALESCE(sum(rerated.markup_nano_usd), 0) AS markup,
            charge.overrun_nano_usd + COALESCE(sum(rerated.overrun_nano_usd), 0) AS overrun
     FROM billing.charge JOIN billing.usage_event AS event USING (event_id) LEFT JOIN billing.rerated_charge AS rerated USING (event_id)
     WHERE event.org_id = $1 AND started_at >= $2 AND started_at < $3 AND event_id > $4
       AND NOT EXISTS (SELECT FROM billing.lot_use JOIN billing.journal ON journal.id = lot_use.journal_id WHERE lot_use.event_id = charge.event_id AND journal.kind = 'refund')
     GROUP BY event.event_id, charge.event_id ORDER BY event_id LIMIT $5`,
    [orgId, from, to, after, limit],
  );
  return rows.map(({ base, markup, overrun, started_at, meters, ...row }) => ({
    ...row,
    startedAt: started_at.getTime(),
    meters: metersOf(meters),
    charge: { baseNanoUsd: BigInt(base), markupNanoUsd: BigInt(markup), overrunNanoUsd: BigInt(overrun) },
  }));
}

/** Counts of tokens; nothing consumed is null. */
function metersOf(values: readonly (string | null)[]): Meters | null {
  if (values[0] === null || values[0] === undefined) return null;
  return Object.fromEntries(METERS.flatMap(([name], index) => (values[index] == null ? [] : [[name, Number(values[index])]]))) as Meters;
}

export interface ReratedCharge {
  journalId: string;
  eventId: string;
  orgId: string;
  priceId: string;
  /** By how much each part is more or less than it was. */
  delta: Charge;
}

const COLUMNS: readonly BulkColumn<ReratedCharge>[] = [
  ['journal_id', 'text', (row) => row.journalId],
  ['event_id', 'text', (row) => row.eventId],
  ['org_id', 'text', (row) => row.orgId],
  ['price_id', 'text', (row) => row.priceId],
  ['base_nano_usd', 'bigint', (row) => row.delta.baseNanoUsd.toString()],
  ['markup_nano_usd', 'bigint', (row) => row.delta.markupNanoUsd.toString()],
  ['overrun_nano_usd', 'bigint', (row) => row.delta.overrunNanoUsd.toString()],
];

export async function insertReratedCharges(tx: Sql, rows: readonly ReratedCharge[]): Promise<void> {
  const { from, parameters } = unnestRows(COLUMNS, rows);
  await tx.query(`INSERT INTO billing.rerated_charge (${COLUMNS.map(([name]) => name).join(', ')}) SELECT * FROM ${from}`, parameters);
}

/** By how much reratings made a charge more or less. */
export async function sumReratings(db: Sql, eventId: string): Promise<Charge> {
  const [row] = await db.query<{ base: string; markup: string; overrun: string }>(
    `SELECT COALESCE(sum(base_nano_usd), 0) AS base, COALESCE(sum(markup_nano_usd), 0) AS markup, COALESCE(sum(overrun_nano_usd), 0) AS overrun FROM billing.rerated_charge WHERE event_id = $1`,
    [eventId],
  );
  return { baseNanoUsd: BigInt(row!.base), markupNanoUsd: BigInt(row!.markup), overrunNanoUsd: BigInt(row!.overrun) };
}

/** What each lot still has given for these events, in the order in which the lots are burnt. */
export async function lotUsesOfEvents(db: Sql, eventIds: readonly string[]): Promise<Map<string, { lotId: string; amountNanoUsd: bigint }[]>> {
  const rows = await db.query<{ event_id: string; lot_id: string; amount: string }>(
    `SELECT event_id, lot_id, sum(lot_use.amount_nano_usd) AS amount FROM billing.lot_use JOIN billing.credit_lot AS lot ON lot.id = lot_id WHERE event_id = ANY ($1)
     GROUP BY event_id, lot_id, lot.priority, lot.expires_at HAVING sum(lot_use.amount_nano_usd) > 0 ORDER BY event_id, lot.priority, lot.expires_at NULLS LAST, lot_id`,
    [eventIds],
  );
  const uses = new Map<string, { lotId: string; amountNanoUsd: bigint }[]>();
  for (const row of rows) uses.set(row.event_id, [...(uses.get(row.event_id) ?? []), { lotId: row.lot_id, amountNanoUsd: BigInt(row.amount) }]);
  return uses;
}
