import type { UsageEvent } from '@byok/contracts';
import type { Clock } from '@byok/kernel';
import type { PriceBook } from '@byok/pricing';
import type { Database, Log, Sql } from '@byok/platform';
import { applySettlement, bookCharges } from '../charge/apply-settlement.js';
import { WalletNeeded } from '../charge/charge-event.js';
import { planSettlement, type WalletOrder } from '../charge/plan-settlement.js';
import type { PriceShelf } from '../prices/load-prices.js';
import { insertPoisonEvents } from '../store/poison-events.store.js';
import { insertUsageEvents, type PricedEvent } from '../store/usage-events.store.js';
import { checkEvent, type Poison } from './checked-event.js';
import { priceEvent } from './price-event.js';
import { INGEST_STEPS } from './steps.js';

export interface IngestDeps {
  db: Database;
  prices: PriceShelf;
  log: Log;
}

export interface IngestResult {
  added: number;
  duplicates: number;
  poisoned: number;
}

interface Batch {
  gatewayId: string;
  events: readonly UsageEvent[];
  poisons: readonly Poison[];
}

const TOLERATED_SKEW_MS = 5 * 60_000;

/**
 * Takes a batch in one transaction: each event once for ever, priced by what was in force when it began, its hold settled and its
 * charge booked. What is not an event is kept aside with the reason, and the rest goes on. Delivering the batch again changes nothing.
 */
export async function ingestBatch(deps: IngestDeps, gatewayId: string, candidates: readonly unknown[]): Promise<IngestResult> {
  const checked = candidates.map(checkEvent);
  const events = checked.flatMap((each) => ('event' in each ? [each.event] : []));
  const poisons = checked.flatMap((each) => ('poison' in each ? [each.poison] : []));
  const batch = { gatewayId, events: unique(events), poisons };
  const { added, poisoned } = await take(deps, batch, 'wallets last').catch((error: unknown) => {
    if (error instanceof WalletNeeded) return take(deps, batch, 'wallets first');
    throw error;
  });
  const result = { added, duplicates: events.length - added, poisoned };
  report(deps.log, gatewayId, result, poisons);
  return result;
}

function take(deps: IngestDeps, { gatewayId, events, poisons }: Batch, order: WalletOrder): Promise<Omit<IngestResult, 'duplicates'>> {
  return deps.db.transaction(async (tx) => {
    const book = await deps.prices.current(tx);
    const now = await databaseTime(tx);
    const settlement = await planSettlement(tx, events.map((event) => pricedEvent(event, gatewayId, book, now)), book, order);
    const added = new Set(await insertUsageEvents(tx, settlement.events));
    const charges = await applySettlement(tx, settlement, added);
    if (order === 'wallets first') await bookCharges(tx, settlement, charges);
    await takeSteps(tx, settlement.events.filter(({ event }) => added.has(event.eventId)));
    if (order === 'wallets last') await bookCharges(tx, settlement, charges);
    return { added: added.size, poisoned: await insertPoisonEvents(tx, gatewayId, poisons) };
  });
}

/** A batch may hold an event twice. */
function unique(events: readonly UsageEvent[]): UsageEvent[] {
  return [...new Map(events.toReversed().map((event) => [event.eventId, event])).values()];
}

async function takeSteps(tx: Sql, fresh: readonly PricedEvent[]): Promise<void> {
  if (fresh.length === 0) return;
  for (const step of INGEST_STEPS) await step(tx, fresh);
}

/** One clock for all: PostgreSQL's. */
async function databaseTime(tx: Sql): Promise<Clock> {
  const [row] = await tx.query<{ now: Date }>('SELECT clock_timestamp() AS now');
  return { now: () => row!.now.getTime() };
}

/** A gateway whose clock runs ahead must not write usage into next month: what lies too far in the future began on receipt. */
function pricedEvent(event: UsageEvent, gatewayId: string, book: PriceBook, database: Clock): PricedEvent {
  const ahead = event.startedAt - database.now();
  const shift = ahead > TOLERATED_SKEW_MS ? ahead : 0;
  const startedAt = event.startedAt - shift;
  const times = { startedAt, endedAt: event.endedAt - shift, firstByteAt: event.firstByteAt === null ? null : event.firstByteAt - shift };
  return { event, gatewayId, ...times, clockClamped: shift > 0, heldBudgetIds: [], ...priceEvent(event, book, startedAt) };
}

function report(log: Log, gatewayId: string, result: IngestResult, poisons: readonly Poison[]): void {
  if (result.poisoned > 0) {
    const reasons = [...new Set(poisons.map((poison) => poison.reason))];
    log.error({ gatewayId, poisoned: result.poisoned, reasons }, 'events that are not valid were put aside in billing.poison_event');
  }
  log.debug({ gatewayId, ...result }, 'usage taken in');
}
