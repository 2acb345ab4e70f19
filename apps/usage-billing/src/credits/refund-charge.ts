import { Amount, type RefundMessage } from '@byok/contracts';
import { AppError, formatUsd, parseUsd, type NanoUsd } from '@byok/kernel';
import { drawnBy, partOfCharge, refundLines, returnToLots, sumOfCharges } from '@byok/ledger';
import type { Database, Sql } from '@byok/platform';
import { z } from 'zod';
import { lockWallets } from '../store/accounts.store.js';
import { findCharge, insertLotUses, lotUsesOf, type ChargeRow } from '../store/charges.store.js';
import { changeLots } from '../store/credit-lots.store.js';
import { findJournal, insertJournals } from '../store/journals.store.js';
import { sumReratings } from '../store/rerating.store.js';
import { parse } from '../wire/parse.js';

const text = (max: number) => z.string().max(max).refine((value) => !value.includes('\0'));

const Request = z.object({
  orgId: text(64).min(1),
  eventId: text(64).min(1),
  /** Empty: everything that was not refunded yet. */
  amountUsd: z.union([z.literal('').transform(() => null), Amount.transform(parseUsd).refine((amount) => amount > 0n)]).default(null),
  note: text(500).default(''),
  idempotencyKey: text(128).min(1),
  createdBy: text(64).min(1),
});
type Refund = z.infer<typeof Request>;

/**
 * Gives back what an attempt was charged, whole or in part, to the lots that paid for it: the reversal of its own lines, never more
 * than was drawn. The same idempotency key again changes nothing. Budgets are not given back: the call was made.
 */
export async function refundCharge({ db }: { db: Database }, message: unknown): Promise<RefundMessage> {
  const request = parse(Request, message);
  return db.transaction(async (tx) => {
    await lockWallets(tx, [request.orgId]);
    const charge = await findCharge(tx, request.orgId, request.eventId);
    if (!charge) throw new AppError('not_found', 'There is no charge for this event.');
    const idemKey = `refund:${request.orgId}:${request.idempotencyKey}`;
    const before = await findJournal(tx, idemKey);
    if (before) return sameAgain(before, request);
    return book(tx, charge, request, idemKey);
  });
}

async function book(tx: Sql, charge: ChargeRow, request: Refund, idemKey: string): Promise<RefundMessage> {
  const uses = await lotUsesOf(tx, charge.eventId);
  const left = uses.reduce((sum, use) => sum + use.amountNanoUsd, 0n);
  const amount = request.amountUsd ?? left;
  if (amount > left || amount === 0n) throw tooMuch(left);
  const { eventId, note, createdBy } = request;
  // As it stands: a later look at the price table may have made it more or less.
  const standing = sumOfCharges([charge, await sumReratings(tx, charge.eventId)]);
  const lines = refundLines(partOfCharge(standing, drawnBy(standing) - left, amount));
  const ref = { eventId, amountUsd: formatUsd(amount), note, createdBy };
  const [journalId] = await insertJournals(tx, [{ orgId: charge.orgId, kind: 'refund', idemKey, reverses: charge.journalId, lines, ref }]);
  const returns = returnToLots(uses, amount);
  await insertLotUses(tx, returns.map(({ lotId, amountNanoUsd }) => ({ journalId: journalId!, eventId, lotId, amountNanoUsd: -amountNanoUsd })));
  await changeLots(tx, returns.map(({ lotId, amountNanoUsd }) => ({ lotId, changeNanoUsd: amountNanoUsd })));
  return { id: journalId!, eventId, amountUsd: formatUsd(amount) };
}

function sameAgain(before: { id: string; ref: Record<string, unknown> }, { eventId, amountUsd }: Refund): RefundMessage {
  const isSame = before.ref['eventId'] === eventId && (amountUsd === null || before.ref['amountUsd'] === formatUsd(amountUsd));
  if (isSame) return { id: before.id, eventId, amountUsd: String(before.ref['amountUsd']) };
  throw new AppError('conflict', 'This idempotency key was used for another refund. Use a new one.', { details: { field: 'idempotencyKey' } });
}

function tooMuch(left: NanoUsd): AppError {
  return new AppError('conflict', left === 0n ? 'Everything that this event was charged was given back already.' : `At most $${formatUsd(left)} of this charge can be given back.`, {
    details: { refundableUsd: formatUsd(left) },
  });
}
