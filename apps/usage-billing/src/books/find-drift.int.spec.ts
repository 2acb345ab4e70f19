import { anEvent } from '../spec/an-event.js';
import { billingOfSuite } from '../spec/billing-world.js';
import { findDrift } from './find-drift.js';
import { watchDrift } from './watch-drift.js';

const world = billingOfSuite();

const found = async () => (await findDrift({ db: world.db })).map(({ what, of }) => [what, of]);

describe('the books', () => {
  it('G17 are seen to drift wherever a kept sum is not what it sums up, and are left as they are', async () => {
    const orgId = await world.anOrg({ creditsUsd: '10.00' });
    const budgetId = await world.aBudget(orgId, { amountUsd: '5.00' });
    await world.ingest(anEvent({ orgId, keyOwner: 'platform' }));
    expect(await found()).toEqual([]);
    await world.owner.query(`UPDATE billing.account SET posted_nano_usd = posted_nano_usd + 1, held_nano_usd = held_nano_usd + 2 WHERE org_id = $1 AND kind = 'wallet'`, [orgId]);
    await world.owner.query(`INSERT INTO billing.budget_counter (budget_id, window_start, held_nano_usd) VALUES ($1, now() - interval '90 days', 3)`, [budgetId]);
    expect((await found()).sort()).toEqual([['budget and open holds', budgetId], ['wallet and lots', orgId], ['wallet and open holds', orgId], ['wallet and postings', orgId]]);
    const [drift] = await findDrift({ db: world.db });
    expect(BigInt(drift!.keptNanoUsd) - BigInt(drift!.shouldBeNanoUsd)).toBe(1n);
    expect(await found()).toHaveLength(4);
  });

  it('G17 are looked through at the start, and the log says how many sums drifted', async () => {
    const said: { fields: Record<string, unknown>; message: string }[] = [];
    const say = (fields: Record<string, unknown>, message: string): void => void said.push({ fields, message });
    await watchDrift({ db: world.db, log: { debug: say, info: say, warn: say, error: say } }).close();
    const drifted = said.find(({ fields }) => fields['drifted'] !== undefined)?.fields['drifted'];
    expect(drifted).toBe(said.filter(({ fields }) => fields['drift'] !== undefined).length);
  });
});
