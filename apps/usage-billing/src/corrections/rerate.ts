import type { ReratingMessage } from '@byok/contracts';
import { AppError, newId } from '@byok/kernel';
import { adjustmentLines, burnLots, drawnBy, returnToLots, sumOfCharges, type Charge } from '@byok/ledger';
import type { Database, Sql } from '@byok/platform';
import { matchPrice, priceOf, type PriceBook } from '@byok/pricing';
import { z } from 'zod';
import type { PriceShelf } from '../prices/load-prices.js';
import { availableIn, openWallets } from '../store/accounts.store.js';
import { insertLotUses, type LotUseRow } from '../store/charges.store.js';
import { changeLots, lotsToBurn } from '../store/credit-lots.store.js';
import { insertJournals } from '../store/journals.store.js';
import { insertReratedCharges, listStandingCharges, lotUsesOfEvents, type StandingCharge } from '../store/rerating.store.js';
import { parse } from '../wire/parse.js';
import { rerateCharge } from './rerate-charge.js';
import { addToReport, emptyReport, reportToWire, type RerateOutcome } from './rerate-report.js';

const moment = z.iso.datetime({ offset: true });
const Message = z.object({ orgId: z.string().min(1).max(64), from: moment, to: moment, dryRun: z.boolean(), actor: z.string().min(1).max(64) });
type Message = z.infer<typeof Message>;

/** A charge and by how much it is wrong. */
interface Correction {
  standing: StandingCharge;
  priceId: string;
  delta: Charge;
}

const BATCH = 500;
const MAX_DAYS = 400;

/**
 * Charges the calls of a stretch of time by what the price table says today about the moment they began. Nothing that was booked is
 * touched: the differences are journals of their own, each linked to its charge. Done again it finds nothing to do, so that one that
 * was broken off is simply asked for again. A dry run books nothing.
 */
export async function rerate(deps: { db: Database; prices: PriceShelf }, message: unknown): Promise<ReratingMessage> {
  const asked = parse(Message, message);
  const days = (Date.parse(asked.to) - Date.parse(asked.from)) / 86_400_000;
  if (days <= 0 || days > MAX_DAYS) throw new AppError('invalid_request', `"from" is before "to", by at most ${MAX_DAYS} days.`, { details: { fields: ['from', 'to'] } });
  const report = emptyReport();
  for (let after: string | null = ''; after !== null; ) {
    const from: string = after;
    const batch: Batch = await deps.db.transaction((tx) => rerateBatch(tx, deps.prices, asked, from, report.drawnNanoUsd));
    for (const outcome of batch.outcomes) addToReport(report, outcome);
    if (batch.journalId) report.journals.push(batch.journalId);
    after = batch.next;
  }
  return reportToWire(report);
}

interface Batch {
  outcomes: RerateOutcome[];
  journalId: string | null;
  /** Where the charges after these begin; null: there are none. */
  next: string | null;
}

/** The next charges. A dry run has drawn nothing yet of what it would have drawn before them. */
async function rerateBatch(tx: Sql, prices: PriceShelf, asked: Message, after: string, drawnBefore: bigint): Promise<Batch> {
  const { orgId, from, to, dryRun } = asked;
  const wallet = (await openWallets(tx, [orgId])).get(orgId)!;
  const charges = await listStandingCharges(tx, orgId, from, to, after, BATCH);
  const book = await prices.current(tx);
  let available = availableIn(wallet) - (dryRun ? drawnBefore : 0n);
  const corrections: Correction[] = [];
  const outcomes = charges.map((standing): RerateOutcome => {
    const correction = correct(standing, book, orgId, available);
    if (correction === 'unpriced' || !correction) return { standing, delta: correction };
    available -= drawnBy(correction.delta);
    corrections.push(correction);
    return { standing, delta: correction.delta };
  });
  const journalId = dryRun || corrections.length === 0 ? null : await bookCorrections(tx, asked, corrections);
  return { outcomes, journalId, next: charges.length < BATCH ? null : charges.at(-1)!.eventId };
}

function correct(standing: StandingCharge, book: PriceBook, orgId: string, available: bigint): Correction | 'unpriced' | undefined {
  if (standing.meters === null) return undefined;
  const price = matchPrice(book, standing.provider, standing.model, standing.startedAt, orgId);
  const cost = price ? priceOf(standing.meters, price) : 'unknown';
  if (!price || cost === 'unknown') return 'unpriced';
  const delta = rerateCharge(standing.charge, standing.markupBps, cost.nanoUsd, available);
  return delta.baseNanoUsd === 0n && delta.markupNanoUsd === 0n ? undefined : { standing, priceId: price.id, delta };
}

async function bookCorrections(tx: Sql, { orgId, from, to, actor }: Message, corrections: readonly Correction[]): Promise<string> {
  const total = sumOfCharges(corrections.map(({ delta }) => delta));
  const ref = { cause: 'rerating', from, to, actor, note: `Charged anew from ${from} to ${to}` };
  const [journalId] = await insertJournals(tx, [{ orgId, kind: 'adjustment', idemKey: `rerate:${newId('journal')}`, lines: adjustmentLines(total), ref }]);
  await insertReratedCharges(tx, corrections.map(({ standing, priceId, delta }) => ({ journalId: journalId!, eventId: standing.eventId, orgId, priceId, delta })));
  await moveLots(tx, orgId, journalId!, corrections);
  return journalId!;
}

/** Out of the lots that are next, or back to those that paid for the very call. */
async function moveLots(tx: Sql, orgId: string, journalId: string, corrections: readonly Correction[]): Promise<void> {
  const given = await lotUsesOfEvents(tx, corrections.map(({ standing }) => standing.eventId));
  const back: LotUseRow[] = [];
  for (const { standing, delta } of corrections) {
    if (drawnBy(delta) >= 0n) continue;
    for (const use of returnToLots(given.get(standing.eventId) ?? [], -drawnBy(delta))) back.push({ journalId, eventId: standing.eventId, lotId: use.lotId, amountNanoUsd: -use.amountNanoUsd });
  }
  await changeLots(tx, sumByLot(back));
  const burner = burnLots(await lotsToBurn(tx, [orgId]));
  const drawn: LotUseRow[] = [];
  for (const { standing, delta } of corrections) {
    if (drawnBy(delta) <= 0n) continue;
    for (const use of burner.take(drawnBy(delta))) drawn.push({ journalId, eventId: standing.eventId, ...use });
  }
  await changeLots(tx, sumByLot(drawn));
  await insertLotUses(tx, [...back, ...drawn]);
}

/** One change for each lot: an UPDATE takes only one row for it. */
function sumByLot(uses: readonly LotUseRow[]): { lotId: string; changeNanoUsd: bigint }[] {
  const sums = new Map<string, bigint>();
  for (const { lotId, amountNanoUsd } of uses) sums.set(lotId, (sums.get(lotId) ?? 0n) - amountNanoUsd);
  return [...sums].map(([lotId, changeNanoUsd]) => ({ lotId, changeNanoUsd }));
}
