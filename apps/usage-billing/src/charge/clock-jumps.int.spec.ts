import { aHold, billingOfSuite, theEvent } from '../spec/billing-world.js';
import { expireHolds } from './expire-holds.js';
import { extendHolds } from './extend-holds.js';

const world = billingOfSuite();

afterEach(() => world.assertBooksBalance());

it('H25 charges each call once when a clock jumps past every lease while calls end, are extended and are looked through by several at once', async () => {
  const orgId = await world.anOrg({ creditsUsd: '10.00' });
  await world.aBudget(orgId, { amountUsd: '10.00' });
  const holds = Array.from({ length: 40 }, () => aHold(orgId));
  await Promise.all(holds.map((hold) => world.takeHold(hold)));
  const eventIds = holds.map((hold) => hold.eventId);
  // PostgreSQL's clock is the only one that leases know; an hour ahead is the same as leases that ended an hour ago.
  await world.owner.query(`UPDATE billing.hold SET expires_at = expires_at - interval '1 hour' WHERE org_id = $1`, [orgId]);
  await Promise.all([
    expireHolds(world),
    expireHolds(world),
    extendHolds({ db: world.db, leaseMs: 60_000 }, { eventIds }),
    ...holds.flatMap((hold) => [world.ingest(theEvent(hold, 1_000)), world.ingest(theEvent(hold, 1_000))]),
  ]);
  const [charges] = await world.db.query('SELECT count(*)::int AS charges, sum(base_nano_usd)::text AS base, sum(overrun_nano_usd)::text AS overrun FROM billing.charge WHERE org_id = $1', [orgId]);
  expect(charges).toEqual({ charges: 40, base: '400000000', overrun: '0' });
  expect(await world.wallet(orgId)).toEqual({ posted: 9.6, held: 0 });
  const states = await world.db.query<{ state: string }>(`SELECT DISTINCT state FROM billing.hold WHERE org_id = $1`, [orgId]);
  expect(states.filter(({ state }) => !['settled', 'late_settled'].includes(state))).toEqual([]);
});

it('H25 a lease that a clock set back seems to end in a day ends when its call is told, and at the latest when the clock is right again', async () => {
  const orgId = await world.anOrg({ creditsUsd: '1.00' });
  const [told, orphan] = [aHold(orgId), aHold(orgId)];
  await Promise.all([told, orphan].map((hold) => world.takeHold(hold)));
  await world.owner.query(`UPDATE billing.hold SET expires_at = expires_at + interval '1 day' WHERE org_id = $1`, [orgId]);
  await world.ingest(theEvent(told, 1_000));
  await expireHolds(world);
  expect(await world.wallet(orgId)).toEqual({ posted: 0.99, held: 0.1 });
  await world.owner.query(`UPDATE billing.hold SET expires_at = expires_at - interval '2 days' WHERE org_id = $1`, [orgId]);
  await expireHolds(world);
  expect(await world.wallet(orgId)).toEqual({ posted: 0.99, held: 0 });
});
