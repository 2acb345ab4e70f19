import { expiryLines } from '@byok/ledger';
import type { Database, Log, Sql } from '@byok/platform';
import { availableIn, lockWallets } from '../store/accounts.store.js';
import { changeLots, lotsToBurn, orgsWithExpiredLots } from '../store/credit-lots.store.js';
import { insertJournals } from '../store/journals.store.js';

const AT_ONCE = 500;

/** Takes credits whose time is over out of their wallets. What running calls have reserved stays until they are settled. */
export async function expireCredits({ db, log }: { db: Database; log: Log }): Promise<void> {
  for (const orgId of await orgsWithExpiredLots(db, AT_ONCE)) {
    const expired = await expireCreditsOf(db, orgId);
    if (expired > 0n) log.info({ orgId }, 'credits expired');
  }
}

function expireCreditsOf(db: Database, orgId: string): Promise<bigint> {
  return db.transaction(async (tx) => {
    const wallet = (await lockWallets(tx, [orgId])).get(orgId);
    const [row] = await tx.query<{ now: Date }>('SELECT now() AS now');
    const now = row!.now.getTime();
    const lots = (await lotsToBurn(tx, [orgId])).filter((lot) => lot.expiresAt !== null && lot.expiresAt < now);
    let room = wallet ? availableIn(wallet) : 0n;
    let expired = 0n;
    for (const lot of lots) {
      const amount = lot.remainingNanoUsd < room ? lot.remainingNanoUsd : room;
      if (amount <= 0n) continue;
      // A lot expires in parts where a running call had some of it, or where a refund brought some back.
      await insertJournals(tx, [{ orgId, kind: 'expiry', idemKey: `expire:${lot.id}:${await partsOf(tx, orgId, lot.id)}`, lines: expiryLines(amount), ref: { lotId: lot.id } }]);
      await changeLots(tx, [{ lotId: lot.id, changeNanoUsd: -amount }]);
      room -= amount;
      expired += amount;
    }
    return expired;
  });
}

async function partsOf(tx: Sql, orgId: string, lotId: string): Promise<number> {
  const [row] = await tx.query<{ count: string }>(`SELECT count(*) FROM billing.journal WHERE org_id = $1 AND kind = 'expiry' AND ref ->> 'lotId' = $2`, [orgId, lotId]);
  return Number(row!.count) + 1;
}
