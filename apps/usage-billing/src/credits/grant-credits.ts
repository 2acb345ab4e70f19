import { Amount, type LotMessage } from '@byok/contracts';
import { AppError, newId, parseUsd } from '@byok/kernel';
import { grantLines, LOT_PRIORITY, topUpLines } from '@byok/ledger';
import type { Database } from '@byok/platform';
import { z } from 'zod';
import { openWallets } from '../store/accounts.store.js';
import { findLotOfJournal, insertLot, type CreditLot } from '../store/credit-lots.store.js';
import { findJournal, insertJournals } from '../store/journals.store.js';
import { findOrg } from '../store/tiers.store.js';
import { parse } from '../wire/parse.js';
import { lotToMessage } from './lot-to-message.js';

const text = (max: number) => z.string().max(max).refine((value) => !value.includes('\0'));

const Request = z.object({
  orgId: text(64).min(1),
  amountUsd: Amount.transform(parseUsd).refine((amount) => amount > 0n),
  kind: z.enum(['paid', 'promo']),
  expiresAt: z.union([z.literal(''), z.iso.datetime({ offset: true })]).default(''),
  note: text(500).default(''),
  idempotencyKey: text(128).min(1),
  createdBy: text(64).min(1),
});

/**
 * Credits for an org: a top-up that was paid, or a gift. The same idempotency key again changes nothing and answers with what it
 * made the first time; with another amount or kind it is a conflict.
 */
export async function grantCredits({ db }: { db: Database }, message: unknown): Promise<LotMessage> {
  const request = parse(Request, message);
  const { orgId, amountUsd: amountNanoUsd, kind, note, createdBy } = request;
  const expiresAt = request.expiresAt ? Date.parse(request.expiresAt) : null;
  const idemKey = `grant:${orgId}:${request.idempotencyKey}`;
  return db.transaction(async (tx) => {
    if (!(await findOrg(tx, orgId))) throw new AppError('not_found', 'There is no such organisation.');
    await openWallets(tx, [orgId]);
    const before = await findJournal(tx, idemKey);
    if (before) return lotToMessage(sameAgain(await findLotOfJournal(tx, before.id), { amountNanoUsd, kind, expiresAt }));
    const lines = kind === 'paid' ? topUpLines(amountNanoUsd) : grantLines(amountNanoUsd);
    const lot = { id: newId('lot'), orgId, kind, priority: LOT_PRIORITY[kind], amountNanoUsd, expiresAt, note, createdBy };
    const [journalId] = await insertJournals(tx, [{ orgId, kind: kind === 'paid' ? 'top_up' : 'grant', idemKey, lines, ref: { lotId: lot.id, note } }]);
    await insertLot(tx, { ...lot, journalId: journalId! });
    return lotToMessage((await findLotOfJournal(tx, journalId!))!);
  });
}

function sameAgain(lot: CreditLot | undefined, wanted: Pick<CreditLot, 'amountNanoUsd' | 'kind' | 'expiresAt'>): CreditLot {
  if (lot && lot.amountNanoUsd === wanted.amountNanoUsd && lot.kind === wanted.kind && lot.expiresAt === wanted.expiresAt) return lot;
  throw new AppError('conflict', 'This idempotency key was used for another grant. Use a new one.', { details: { field: 'idempotencyKey' } });
}
