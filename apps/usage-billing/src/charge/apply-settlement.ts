import { newId } from '@byok/kernel';
import { burnLots, drawnBy, sumOfCharges, usageLines, type LotUse } from '@byok/ledger';
import type { Sql } from '@byok/platform';
import { lockWallets, moveHeld } from '../store/accounts.store.js';
import { insertCharges, insertLotUses, type ChargeRow } from '../store/charges.store.js';
import { changeLots, lotsToBurn } from '../store/credit-lots.store.js';
import { moveCounters } from '../store/held-in-budgets.store.js';
import { closeHolds } from '../store/holds.store.js';
import { insertJournals } from '../store/journals.store.js';
import type { Settled } from './charge-event.js';
import { groupBy } from './group-by.js';
import type { Settlement } from './plan-settlement.js';

type Charged = Settled & { charge: NonNullable<Settled['charge']> };

/** Writes what was decided about holds, budgets and charges, once the events are in. Answers the charges, whose money is still to be booked. */
export async function applySettlement(tx: Sql, { settled: planned, counters }: Settlement, added: ReadonlySet<string>): Promise<ChargeRow[]> {
  const settled = planned.filter(({ hold, charge }) => hold !== undefined || charge !== undefined);
  if (settled.length === 0) return [];
  // The locks keep this from happening; charged twice must be impossible even so.
  if (settled.some(({ priced }) => !added.has(priced.event.eventId))) throw new Error('An event was charged that is not new.');
  await closeHolds(tx, settled.flatMap(({ hold, closesAs }) => (hold && closesAs ? [{ id: hold.id, state: closesAs }] : [])));
  await moveCounters(
    tx,
    counters.map(({ before, after }) => ({ ...after, heldNanoUsd: after.heldNanoUsd - before.heldNanoUsd, spentNanoUsd: after.spentNanoUsd - before.spentNanoUsd })),
  );
  const journalOf = new Map<string, string>();
  const rows = settled.filter((each): each is Charged => each.charge !== undefined).map((each) => rowOf(each, journalOf));
  await insertCharges(tx, rows);
  return rows;
}

/** Moves the money: what was reserved is free, one journal per wallet for all of its charges, and the lots that paid for each. */
export async function bookCharges(tx: Sql, { order, wallets }: Settlement, charges: readonly ChargeRow[]): Promise<void> {
  if (order === 'wallets last') await lockWallets(tx, wallets.map(({ after }) => after.orgId));
  await moveHeld(tx, wallets.map(({ before, after }) => ({ orgId: after.orgId, heldNanoUsd: after.heldNanoUsd - before.heldNanoUsd })));
  const byOrg = [...groupBy(charges, (charge) => charge.orgId)];
  if (byOrg.length === 0) return;
  await insertJournals(
    tx,
    byOrg.map(([orgId, own]) => ({
      id: own[0]!.journalId,
      orgId,
      kind: 'usage',
      // An event is in one batch only, so that the first of them names the batch.
      idemKey: `usage:${own.map(({ eventId }) => eventId).sort()[0]!}`,
      lines: usageLines(sumOfCharges(own)),
      ref: { events: own.length },
    })),
  );
  const lots = groupBy(await lotsToBurn(tx, byOrg.map(([orgId]) => orgId)), (lot) => lot.orgId);
  const burners = new Map(byOrg.map(([orgId]) => [orgId, burnLots(lots.get(orgId) ?? [])]));
  const uses = charges.flatMap(({ orgId, eventId, journalId, ...charge }) => burners.get(orgId)!.take(drawnBy(charge)).map((use) => ({ eventId, journalId, ...use })));
  await insertLotUses(tx, uses);
  await changeLots(tx, takenFrom(uses));
}

function rowOf({ priced, hold, charge, tier, markupBps, closesAs }: Charged, journalOf: Map<string, string>): ChargeRow {
  const { eventId, orgId } = priced.event;
  const journalId = journalOf.get(orgId) ?? newId('journal');
  journalOf.set(orgId, journalId);
  return { ...charge, eventId, orgId, tier, markupBps, priceId: priced.priceId, holdId: hold?.id ?? null, isLate: closesAs !== 'settled', journalId };
}

function takenFrom(uses: readonly LotUse[]): { lotId: string; changeNanoUsd: bigint }[] {
  const byLot = groupBy(uses, (use) => use.lotId);
  return [...byLot].map(([lotId, some]) => ({ lotId, changeNanoUsd: -some.reduce((sum, use) => sum + use.amountNanoUsd, 0n) }));
}
