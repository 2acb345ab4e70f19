import { AppError, newId, type NanoUsd } from '@byok/kernel';
import { balanced, burnLots, line, LOT_PRIORITY, type AccountKind } from '@byok/ledger';
import type { Sql } from '@byok/platform';
import { availableIn, openWallets } from '../store/accounts.store.js';
import { changeLots, insertLot, lotsToBurn } from '../store/credit-lots.store.js';
import { findJournal, insertJournals } from '../store/journals.store.js';

export interface NewAdjustment {
  orgId: string;
  /** Into (+) or out of (-) the wallet. */
  amountNanoUsd: NanoUsd;
  /** Where it comes from or goes to. */
  counterpart: AccountKind;
  cause: 'credit_note' | 'reconciliation';
  /** Unique for ever: what has this key is booked once. */
  idemKey: string;
  note: string;
  ref: Readonly<Record<string, unknown>>;
  actor: string;
}

/** Moves money between an org's wallet and an account of ours, with its lots. The same key books once; its journal is the answer. */
export async function bookAdjustment(tx: Sql, adjustment: NewAdjustment): Promise<string> {
  const { orgId, amountNanoUsd, counterpart, cause, idemKey, note, actor } = adjustment;
  const wallet = (await openWallets(tx, [orgId])).get(orgId)!;
  const known = await findJournal(tx, idemKey);
  if (known) return known.id;
  if (-amountNanoUsd > availableIn(wallet)) throw new AppError('conflict', 'The wallet does not have that much left.', { details: { orgId } });
  const lines = balanced(line('wallet', amountNanoUsd), line(counterpart, -amountNanoUsd));
  const [journalId] = await insertJournals(tx, [{ orgId, kind: 'adjustment', idemKey, lines, ref: { ...adjustment.ref, cause, note, actor } }]);
  if (amountNanoUsd > 0n) {
    const lot = { kind: 'paid', priority: LOT_PRIORITY.paid, amountNanoUsd, expiresAt: null } as const;
    await insertLot(tx, { ...lot, id: newId('lot'), orgId, journalId: journalId!, note, createdBy: actor });
  } else {
    const uses = burnLots(await lotsToBurn(tx, [orgId])).take(-amountNanoUsd);
    await changeLots(tx, uses.map((use) => ({ lotId: use.lotId, changeNanoUsd: -use.amountNanoUsd })));
  }
  return journalId!;
}
