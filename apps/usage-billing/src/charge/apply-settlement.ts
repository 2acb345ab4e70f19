import { burnLots, drawnBy, sumOfCharges, usageLines, type LotUse } from '@byok/ledger';
import type { Sql } from '@byok/platform';
import { moveHeld } from '../store/accounts.store.js';
import { insertCharges, insertLotUses } from '../store/charges.store.js';
import { changeLots, lotsToBurn } from '../store/credit-lots.store.js';
import { moveCounters } from '../store/held-in-budgets.store.js';
import { closeHolds } from '../store/holds.store.js';
import { insertJournals } from '../store/journals.store.js';
import type { Settled } from './charge-event.js';
import { groupBy } from './group-by.js';
import type { Settlement } from './plan-settlement.js';

type Charged = Settled & { charge: NonNullable<Settled['charge']> };

/** Writes what was decided, once the events are in: holds closed, budgets counted, one journal per wallet, the lots that paid. */
export async function applySettlement(tx: Sql, { settled, wallets, counters }: Settlement, added: ReadonlySet<string>): Promise<void> {
  if (settled.length === 0) return;
  // The locks keep this from happening; charged twice must be impossible even so.
  if (settled.some(({ priced }) => !added.has(priced.event.eventId))) throw new Error('An event was charged that is not new.');
  await closeHolds(tx, settled.flatMap(({ hold, closesAs }) => (hold && closesAs ? [{ id: hold.id, state: closesAs }] : [])));
  await moveCounters(
    tx,
    counters.map(({ before, after }) => ({ ...after, heldNanoUsd: after.heldNanoUsd - before.heldNanoUsd, spentNanoUsd: after.spentNanoUsd - before.spentNanoUsd })),
  );
  await moveHeld(tx, wallets.map(({ before, after }) => ({ orgId: after.orgId, heldNanoUsd: after.heldNanoUsd - before.heldNanoUsd })));
  await book(tx, settled.filter((each): each is Charged => each.charge !== undefined));
}

async function book(tx: Sql, charged: readonly Charged[]): Promise<void> {
  const byOrg = [...groupBy(charged, ({ priced }) => priced.event.orgId)];
  if (byOrg.length === 0) return;
  const journalIds = await insertJournals(
    tx,
    byOrg.map(([orgId, charges]) => ({
      orgId,
      kind: 'usage',
      // An event is in one batch only, so that the first of them names the batch.
      idemKey: `usage:${charges.map(({ priced }) => priced.event.eventId).sort()[0]!}`,
      lines: usageLines(sumOfCharges(charges.map(({ charge }) => charge))),
      ref: { events: charges.length },
    })),
  );
  const rows = byOrg.flatMap(([orgId, charges], index) => charges.map((each) => rowOf(each, orgId, journalIds[index]!)));
  await insertCharges(tx, rows);
  const lots = groupBy(await lotsToBurn(tx, byOrg.map(([orgId]) => orgId)), (lot) => lot.orgId);
  const burners = new Map(byOrg.map(([orgId]) => [orgId, burnLots(lots.get(orgId) ?? [])]));
  const uses = rows.flatMap(({ orgId, eventId, journalId, ...charge }) => burners.get(orgId)!.take(drawnBy(charge)).map((use) => ({ eventId, journalId, ...use })));
  await insertLotUses(tx, uses);
  await changeLots(tx, takenFrom(uses));
}

function rowOf({ priced, hold, charge, tier, markupBps, closesAs }: Charged, orgId: string, journalId: string) {
  const isLate = hold === undefined || closesAs !== 'settled';
  return { ...charge, eventId: priced.event.eventId, orgId, tier, markupBps, priceId: priced.priceId, holdId: hold?.id ?? null, isLate, journalId };
}

function takenFrom(uses: readonly LotUse[]): { lotId: string; changeNanoUsd: bigint }[] {
  const byLot = groupBy(uses, (use) => use.lotId);
  return [...byLot].map(([lotId, some]) => ({ lotId, changeNanoUsd: -some.reduce((sum, use) => sum + use.amountNanoUsd, 0n) }));
}
