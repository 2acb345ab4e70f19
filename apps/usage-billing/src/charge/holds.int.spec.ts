import { setTimeout as pause } from 'node:timers/promises';
import { AppError, newId } from '@byok/kernel';
import { aHold, billingOfSuite, theEvent } from '../spec/billing-world.js';
import { grantCredits } from '../credits/grant-credits.js';
import { expireHolds } from './expire-holds.js';
import { extendHolds } from './extend-holds.js';
import { releaseHold } from './release-hold.js';

const world = billingOfSuite();

afterEach(() => world.assertBooksBalance());

/** Many transactions at once, but not more than a pool of connections can serve within its patience on a busy machine. */
async function inTwenties<T>(items: readonly T[], work: (item: T) => Promise<unknown>): Promise<unknown[]> {
  const results: unknown[] = [];
  for (let from = 0; from < items.length; from += 20) results.push(...(await Promise.all(items.slice(from, from + 20).map(work))));
  return results;
}

/** How each ended: the code of its refusal, or `ok`. */
async function outcomes(asked: readonly Promise<unknown>[]): Promise<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const result of await Promise.allSettled(asked)) {
    const name = result.status === 'fulfilled' ? 'ok' : result.reason instanceof AppError ? result.reason.code : String(result.reason);
    counts[name] = (counts[name] ?? 0) + 1;
  }
  return counts;
}
const refusalOf = (asked: Promise<unknown>): Promise<AppError> => asked.then(() => Promise.reject(new Error('It was not refused.')), (error: unknown) => error as AppError);
const stateOf = async (id: string) => (await world.db.query<{ state: string }>('SELECT state FROM billing.hold WHERE id = $1', [id]))[0]?.state;
const counterOf = async (budgetId: string) =>
  (await world.db.query<{ spent: string; held: string }>('SELECT spent_nano_usd / 1e9 AS spent, held_nano_usd / 1e9 AS held FROM billing.budget_counter WHERE budget_id = $1', [budgetId])).map((row) => ({ spent: Number(row.spent), held: Number(row.held) }))[0];
const expireLease = (id: string) => world.owner.query(`UPDATE billing.hold SET expires_at = now() - interval '1 second' WHERE id = $1`, [id]);

describe('a wallet under load', () => {
  it('G01 G13 admits exactly 50 of 500 parallel calls of $0.10 on $5.00, each settled twice at once, and ends at zero', async () => {
    const orgId = await world.anOrg({ creditsUsd: '5.00' });
    const holds = Array.from({ length: 500 }, () => aHold(orgId));
    const results = await Promise.allSettled(holds.map((hold) => world.takeHold(hold)));
    const admitted = holds.filter((_, index) => results[index]!.status === 'fulfilled');
    expect(admitted).toHaveLength(50);
    expect(await outcomes(results.map((result) => (result.status === 'fulfilled' ? Promise.resolve() : Promise.reject(result.reason as Error))))).toEqual({ ok: 50, credits_exhausted: 450 });
    expect(await world.wallet(orgId)).toEqual({ posted: 5, held: 5 });
    const settled = (await inTwenties(admitted.flatMap((hold) => [hold, hold]), (hold) => world.ingest(theEvent(hold, 10_000)))) as { added: number }[];
    expect(settled.reduce((sum, each) => sum + each.added, 0)).toBe(50);
    expect(await world.wallet(orgId)).toEqual({ posted: 0, held: 0 });
  });

  it('G13 G19 does the same inside four nested budgets, without a deadlock, and with no budget over', async () => {
    const orgId = await world.anOrg({ creditsUsd: '100.00' });
    const ids = [
      await world.aBudget(orgId, { amountUsd: '20.00', scope: 'org', scopeId: orgId }),
      await world.aBudget(orgId, { amountUsd: '10.00', scope: 'group', scopeId: 'grp_1' }),
      await world.aBudget(orgId, { amountUsd: '5.00', scope: 'user', scopeId: 'usr_1' }),
      await world.aBudget(orgId, { amountUsd: '7.00', scope: 'token', scopeId: 'tok_1', period: 'day' }),
    ];
    const holds = Array.from({ length: 500 }, () => aHold(orgId));
    // Half of them with budgets of another user, so that sets of locks overlap without being the same.
    holds.forEach((hold, index) => index % 2 === 1 && Object.assign(hold, { userId: 'usr_2', tokenId: 'tok_2' }));
    const results = await Promise.allSettled(holds.map((hold) => world.takeHold(hold)));
    const admitted = holds.filter((_, index) => results[index]!.status === 'fulfilled');
    expect(admitted.filter((hold) => hold.userId === 'usr_1').length).toBe(50);
    expect(admitted).toHaveLength(100);
    const refusals = results.flatMap((result) => (result.status === 'rejected' ? [(result.reason as AppError).code] : []));
    expect(new Set(refusals)).toEqual(new Set(['budget_exceeded']));
    await inTwenties(admitted.flatMap((hold) => [hold, hold]), (hold) => world.ingest(theEvent(hold, 9_000)));
    expect(await Promise.all(ids.map(counterOf))).toEqual([{ spent: 9, held: 0 }, { spent: 9, held: 0 }, { spent: 4.5, held: 0 }, { spent: 4.5, held: 0 }]);
    expect(await world.wallet(orgId)).toEqual({ posted: 91, held: 0 });
  });

  it('does not deadlock when calls are taken, settled, released and expired at the same time by several services', async () => {
    const orgs = await Promise.all([world.anOrg({ creditsUsd: '3.00' }), world.anOrg({ creditsUsd: '3.00' })]);
    for (const orgId of orgs) {
      await world.aBudget(orgId, { amountUsd: '2.50' });
      await world.aBudget(orgId, { amountUsd: '2.00', scope: 'user', scopeId: 'usr_1', includesOwnKeys: true });
      await world.aBudget(orgId, { amountUsd: '0.50', scope: 'model', scopeId: 'gpt-4o', isHard: false, includesOwnKeys: true });
    }
    const call = async (index: number): Promise<void> => {
      const hold = aHold(orgs[index % 2]!, { userId: index % 3 ? 'usr_1' : 'usr_2', keyOwner: index % 5 ? 'platform' : 'group' });
      await world.takeHold(hold);
      if (index % 7 === 0) await releaseHold(world, { eventId: hold.eventId });
      else if (index % 7 === 1) await expireLease(hold.eventId).then(() => expireHolds(world));
      // Both orgs in one batch, and some own-key usage that no hold was taken for.
      else await world.ingest(theEvent(hold, 1_000), theEvent(aHold(orgs[(index + 1) % 2]!, { keyOwner: 'group' }), 100), theEvent(hold, 1_000));
    };
    const ended = await inTwenties([...Array(150).keys()], (index) => call(index).then(() => 'ok', (error: unknown) => (error instanceof AppError ? error.code : String(error))));
    const result = Object.fromEntries([...new Set(ended as string[])].map((name) => [name, ended.filter((each) => each === name).length]));
    expect(Object.keys(result).filter((name) => !['ok', 'budget_exceeded', 'credits_exhausted'].includes(name))).toEqual([]);
    expect(result['ok']).toBeGreaterThan(20);
  });
});

describe('takeHold', () => {
  it('is idempotent by event id: the same answer, reserved once, also when asked a hundred times at once', async () => {
    const orgId = await world.anOrg({ creditsUsd: '1.00' });
    const hold = aHold(orgId);
    const answers = await Promise.all(Array.from({ length: 100 }, () => world.takeHold(hold)));
    expect(new Set(answers.map((answer) => JSON.stringify(answer)))).toEqual(new Set([JSON.stringify({ maxOutputTokens: 0, heldUsd: '0.10', leaseMs: 120_000 })]));
    expect(await world.wallet(orgId)).toEqual({ posted: 1, held: 0.1 });
    await world.ingest(theEvent(hold, 1));
    expect(await refusalOf(world.takeHold(hold))).toMatchObject({ code: 'conflict' });
  });

  it('reserves the upper bound with the markup of the tier, for every choice, and tells the cap where the caller gives none', async () => {
    const orgId = await world.anOrg({ tier: 'trial', creditsUsd: '10.00' });
    expect(await world.takeHold(aHold(orgId, { inputTokens: 100_000, choices: 3 }))).toMatchObject({ heldUsd: '0.6325', maxOutputTokens: 0 });
    // 4096 tokens at $10 per million, and 15 %.
    expect(await world.takeHold(aHold(orgId, { maxOutputTokens: 0 }))).toMatchObject({ heldUsd: '0.047104', maxOutputTokens: 4096 });
    expect(await world.takeHold(aHold(orgId, { maxOutputTokens: 0, endpoint: 'embeddings', model: 'text-embedding-3-small', inputTokens: 1_000_000 }))).toMatchObject({ heldUsd: '0.023', maxOutputTokens: 0 });
  });

  it('G20 refuses with 402 when there are no credits, and says what is left, why and what to do; own keys are not concerned', async () => {
    const orgId = await world.anOrg();
    const refusal = await refusalOf(world.takeHold(aHold(orgId)));
    expect([refusal.code, refusal.rule.http]).toEqual(['credits_exhausted', 402]);
    expect(refusal.details).toMatchObject({ reason: 'insufficient', limitSource: 'credits', scope: 'org', remainingUsd: '0.00', neededUsd: '0.10', resetsAt: null, remedyHint: expect.stringContaining('key of your own') as string });
    expect(refusal.details).not.toHaveProperty('retryAfterMs');
    expect(await world.takeHold(aHold(orgId, { keyOwner: 'group' }))).toEqual({ maxOutputTokens: 0, heldUsd: '0.00', leaseMs: 120_000 });
  });

  it('asks to try again only where running calls are the reason', async () => {
    const orgId = await world.anOrg({ creditsUsd: '0.15' });
    await world.takeHold(aHold(orgId));
    expect((await refusalOf(world.takeHold(aHold(orgId)))).details).toMatchObject({ reason: 'in_flight', remainingUsd: '0.05', retryAfterMs: expect.any(Number) as number });
  });

  it('never shrinks a hold to what is left', async () => {
    const orgId = await world.anOrg({ creditsUsd: '0.0999' });
    expect((await refusalOf(world.takeHold(aHold(orgId)))).code).toBe('credits_exhausted');
    expect(await world.wallet(orgId)).toMatchObject({ held: 0 });
  });

  it('G22 refuses platform credits for a model without a price, and a key of one’s own only where a hard budget must count it', async () => {
    const orgId = await world.anOrg({ creditsUsd: '1.00' });
    const unknown = { model: 'my-fine-model' };
    const refusal = await refusalOf(world.takeHold(aHold(orgId, unknown)));
    expect([refusal.code, refusal.rule.http]).toEqual(['price_unknown', 422]);
    expect(await world.takeHold(aHold(orgId, { ...unknown, keyOwner: 'org' }))).toMatchObject({ heldUsd: '0.00' });
    await world.aBudget(orgId, { includesOwnKeys: true, amountUsd: '5.00' });
    expect((await refusalOf(world.takeHold(aHold(orgId, { ...unknown, keyOwner: 'org' })))).code).toBe('price_unknown');
  });

  it('reserves a key of one’s own at list price in a hard budget that counts such keys, and nothing in the wallet', async () => {
    const orgId = await world.anOrg({ tier: 'trial' });
    const budgetId = await world.aBudget(orgId, { includesOwnKeys: true, amountUsd: '0.25' });
    await world.aBudget(orgId, { amountUsd: '0.01' });
    const holds = [aHold(orgId, { keyOwner: 'group' }), aHold(orgId, { keyOwner: 'user', maxOutputTokens: 0 })];
    expect(await world.takeHold(holds[0])).toMatchObject({ heldUsd: '0.00', maxOutputTokens: 0 });
    expect(await world.takeHold(holds[1])).toMatchObject({ heldUsd: '0.00', maxOutputTokens: 4096 });
    expect(await counterOf(budgetId)).toEqual({ spent: 0, held: 0.14096 });
    const refusal = await refusalOf(world.takeHold(aHold(orgId, { keyOwner: 'org', maxOutputTokens: 11_000 })));
    expect(refusal.details).toMatchObject({ limitSource: 'budget', scope: 'org', scopeId: orgId, budgetId, reason: 'in_flight', remainingUsd: '0.10904' });
    await world.ingest(theEvent(holds[0]!, 5_000), theEvent(holds[1]!, 4_096));
    expect(await counterOf(budgetId)).toEqual({ spent: 0.09096, held: 0 });
  });

  it('G19 reserves in all scopes or in none', async () => {
    const orgId = await world.anOrg({ creditsUsd: '0.15' });
    const wide = await world.aBudget(orgId, { amountUsd: '10.00' });
    const narrow = await world.aBudget(orgId, { amountUsd: '0.05', scope: 'tag', scopeId: 'project=apollo' });
    const refusal = await refusalOf(world.takeHold(aHold(orgId, { tags: { project: 'apollo' } })));
    expect([refusal.code, refusal.rule.http, refusal.details?.['budgetId']]).toEqual(['budget_exceeded', 402, narrow]);
    expect(refusal.details).toMatchObject({ scope: 'tag', scopeId: 'project=apollo', remainingUsd: '0.05', resetsAt: expect.stringMatching(/-01T00:00:00.000Z$/) as string });
    await world.takeHold(aHold(orgId));
    expect((await refusalOf(world.takeHold(aHold(orgId)))).code).toBe('credits_exhausted');
    expect([await counterOf(wide), await counterOf(narrow)]).toEqual([{ spent: 0, held: 0.1 }, { spent: 0, held: 0 }]);
  });

  it('G18 sees a budget that was lowered, raised or paused at the very next call; soft ones and those in shadow refuse nothing', async () => {
    const orgId = await world.anOrg({ creditsUsd: '10.00' });
    const id = await world.aBudget(orgId, { amountUsd: '0.05' });
    await world.aBudget(orgId, { amountUsd: '0.01', isHard: false });
    await world.aBudget(orgId, { amountUsd: '0.01', isShadow: true });
    expect((await refusalOf(world.takeHold(aHold(orgId)))).code).toBe('budget_exceeded');
    await world.db.query(`UPDATE billing.budget SET amount_nano_usd = 200000000 WHERE id = $1`, [id]);
    await world.takeHold(aHold(orgId));
    await world.db.query(`UPDATE billing.budget SET status = 'paused' WHERE id = $1`, [id]);
    await world.takeHold(aHold(orgId));
    await world.takeHold(aHold(orgId));
    expect(await counterOf(id)).toEqual({ spent: 0, held: 0.1 });
  });

  it('refuses an org that is frozen or that nobody knows, and messages that are none', async () => {
    const orgId = await world.anOrg({ creditsUsd: '1.00' });
    await world.owner.query(`UPDATE identity.org SET status = 'frozen' WHERE id = $1`, [orgId]);
    expect((await refusalOf(world.takeHold(aHold(orgId)))).code).toBe('org_frozen');
    expect((await refusalOf(world.takeHold(aHold(newId('org'))))).code).toBe('not_found');
    for (const bad of [{ eventId: 'evt_1' }, { keyOwner: 'somebody' }, { inputTokens: -1 }, { model: 'a\0b' }]) {
      expect((await refusalOf(world.takeHold({ ...aHold(orgId), ...bad }))).code).toBe('invalid_request');
    }
  });
});

describe('settlement', () => {
  it('charges base and markup as pinned, whatever happens to the tier meanwhile, and frees the rest', async () => {
    const orgId = await world.anOrg({ tier: 'trial', creditsUsd: '1.00' });
    const hold = aHold(orgId);
    await world.takeHold(hold);
    await world.owner.query(`UPDATE identity.org SET tier = 'enterprise' WHERE id = $1`, [orgId]);
    await world.ingest(theEvent(hold, 3_000));
    expect(await world.wallet(orgId)).toEqual({ posted: 0.9655, held: 0 });
    const [charge] = await world.db.query('SELECT base_nano_usd, markup_nano_usd, overrun_nano_usd, tier, markup_bps, is_late FROM billing.charge WHERE event_id = $1', [hold.eventId]);
    expect(charge).toEqual({ base_nano_usd: '30000000', markup_nano_usd: '4500000', overrun_nano_usd: '0', tier: 'trial', markup_bps: 1500, is_late: false });
    const postings = await world.db.query('SELECT account, amount_nano_usd AS amount FROM billing.posting JOIN billing.charge USING (journal_id) WHERE event_id = $1 ORDER BY line', [hold.eventId]);
    expect(postings).toEqual([{ account: 'wallet', amount: '-34500000' }, { account: 'usage_passthrough', amount: '30000000' }, { account: 'markup_revenue', amount: '4500000' }]);
  });

  it('G22 charges by the price that was in force when the hold was taken, not by the one that came meanwhile', async () => {
    const orgId = await world.anOrg({ creditsUsd: '1.00' });
    const hold = aHold(orgId, { model: 'gpt-4-turbo', maxOutputTokens: 1_000 });
    await world.takeHold(hold);
    const [{ id, output }] = (await world.db.query<{ id: string; output: string }>('SELECT price.id, output_pico AS output FROM billing.price JOIN billing.hold ON price_id = price.id WHERE hold.id = $1', [hold.eventId])) as [{ id: string; output: string }];
    await world.db.transaction(async (tx) => {
      const [row] = await tx.query<{ sequence: string }>(`INSERT INTO billing.price_import (source, checksum, prices, added, withdrawn) VALUES ('spec', repeat('0', 64), 1, 1, 1) RETURNING sequence`);
      await tx.query('UPDATE billing.price SET effective_to = now() WHERE id = $1', [id]);
      await tx.query(
        `INSERT INTO billing.price (id, source, checksum, import_sequence, layer, provider, model, match, rank, precedence, input_pico, output_pico, effective_from)
         SELECT 'prc_' || md5(random()::text), source, checksum, $2, layer, provider, model, match, rank, precedence, input_pico * 3, output_pico * 3, now() FROM billing.price WHERE id = $1`,
        [id, row!.sequence],
      );
    });
    const later = theEvent(hold, 1_000, { startedAt: Date.now() + 1_000 });
    const unheld = theEvent(aHold(orgId, { model: 'gpt-4-turbo' }), 1_000, { startedAt: Date.now() + 1_000 });
    await world.ingest(later, unheld);
    const rows = await world.db.query<{ event_id: string; cost: string; price_id: string }>('SELECT event_id, cost_nano_usd AS cost, price_id FROM billing.usage_event WHERE event_id = ANY ($1)', [[later.eventId, unheld.eventId]]);
    const costOf = (event: { eventId: string }) => rows.find((row) => row.event_id === event.eventId)!;
    expect(costOf(later)).toMatchObject({ cost: output, price_id: id });
    expect(costOf(unheld).cost).toBe((BigInt(output) * 3n).toString());
  });

  it('draws at most what is there when a call costs more than was held: the rest is our loss, never a debt', async () => {
    const orgId = await world.anOrg({ creditsUsd: '0.10' });
    const hold = aHold(orgId);
    await world.takeHold(hold);
    await world.ingest(theEvent(hold, 34_500));
    expect(await world.wallet(orgId)).toEqual({ posted: 0, held: 0 });
    const [loss] = await world.db.query(`SELECT sum(amount_nano_usd) AS amount FROM billing.posting WHERE org_id = $1 AND account = 'overrun_loss'`, [orgId]);
    expect(loss).toEqual({ amount: '-245000000' });
    expect(await world.db.query('SELECT cost_nano_usd, charged_nano_usd FROM billing.usage_event WHERE event_id = $1', [hold.eventId])).toEqual([{ cost_nano_usd: '345000000', charged_nano_usd: '100000000' }]);
  });

  it('takes an overrun from what is free, but not from what other calls have reserved, nor beyond a hard budget', async () => {
    const orgId = await world.anOrg({ creditsUsd: '1.00' });
    const [one, two] = [aHold(orgId), aHold(orgId, { maxOutputTokens: 70_000 })];
    await world.takeHold(one);
    await world.takeHold(two);
    await world.ingest(theEvent(one, 50_000));
    expect(await world.wallet(orgId)).toEqual({ posted: 0.7, held: 0.7 });
    await world.ingest(theEvent(two, 1_000));
    const budgetId = await world.aBudget(orgId, { amountUsd: '0.25' });
    const three = aHold(orgId);
    await world.takeHold(three);
    await world.ingest(theEvent(three, 40_000));
    expect(await counterOf(budgetId)).toEqual({ spent: 0.25, held: 0 });
    expect(await world.wallet(orgId)).toEqual({ posted: 0.44, held: 0 });
  });

  it('gives everything back where nothing was consumed, and leaves what nobody can price uncharged and unknown', async () => {
    const orgId = await world.anOrg({ creditsUsd: '1.00' });
    const [refused, strange] = [aHold(orgId), aHold(orgId)];
    await world.takeHold(refused);
    await world.takeHold(strange);
    await world.ingest(theEvent(refused, null, { outcome: 'error', httpStatus: 429, usageSource: 'none' }));
    // Cached audio: the meters do not tell what it costs.
    const event = theEvent(strange, 10);
    await world.ingest({ ...event, meters: { ...event.meters!, inputUncached: 10, audioIn: 5, cacheRead: 5 } });
    expect([await stateOf(refused.eventId), await stateOf(strange.eventId)]).toEqual(['released', 'settled']);
    expect(await world.wallet(orgId)).toEqual({ posted: 1, held: 0 });
    expect(await world.db.query('SELECT charged_nano_usd FROM billing.usage_event WHERE event_id = $1', [strange.eventId])).toEqual([{ charged_nano_usd: null }]);
  });

  it('charges usage of a platform key that no hold was taken for, from what is there, by the tier of that time', async () => {
    const orgId = await world.anOrg({ tier: 'starter', creditsUsd: '0.05' });
    await world.owner.query(`UPDATE identity.org_tier SET effective_from = now() - interval '1 hour' WHERE org_id = $1`, [orgId]);
    await world.owner.query(`UPDATE identity.org SET tier = 'enterprise' WHERE id = $1`, [orgId]);
    const [before, after] = [theEvent(aHold(orgId), 1_000, { startedAt: Date.now() - 60_000 }), theEvent(aHold(orgId), 10_000, { startedAt: Date.now() + 1_000 })];
    await world.ingest(before);
    expect(await world.wallet(orgId)).toEqual({ posted: 0.039, held: 0 });
    await world.ingest(after);
    expect(await world.wallet(orgId)).toEqual({ posted: 0, held: 0 });
    const penniless = await world.anOrg();
    await world.ingest(theEvent(aHold(penniless), 1_000));
    expect(await world.wallet(penniless)).toEqual({ posted: 0, held: 0 });
  });

  it('burns lots by priority, expiry and age, and says which paid for what', async () => {
    const orgId = await world.anOrg();
    const grant = (amountUsd: string, kind: string, expiresAt = '') => grantCredits(world, { orgId, amountUsd, kind, expiresAt, note: '', idempotencyKey: newId('request'), createdBy: 'usr_1' });
    const paid = await grant('1.00', 'paid');
    const later = await grant('0.02', 'promo', '2999-01-01T00:00:00Z');
    const sooner = await grant('0.01', 'promo', '2998-01-01T00:00:00Z');
    const hold = aHold(orgId);
    await world.takeHold(hold);
    await world.ingest(theEvent(hold, 4_000));
    const uses = await world.db.query<{ lot_id: string; amount: string }>('SELECT lot_id, amount_nano_usd / 1000000 AS amount FROM billing.lot_use WHERE event_id = $1', [hold.eventId]);
    expect(Object.fromEntries(uses.map((use) => [use.lot_id, Number(use.amount)]))).toEqual({ [sooner.id]: 10, [later.id]: 20, [paid.id]: 10 });
  });
});

describe('leases', () => {
  it('G14 frees what a dead gateway had reserved when the lease is over, in wallet and budgets, and lists it as unreconciled', async () => {
    const orgId = await world.anOrg({ creditsUsd: '10.00' });
    const budgetId = await world.aBudget(orgId, { amountUsd: '10.00' });
    const holds = Array.from({ length: 100 }, () => aHold(orgId));
    await Promise.all(holds.map((hold) => world.takeHold(hold)));
    expect((await refusalOf(world.takeHold(aHold(orgId)))).details).toMatchObject({ reason: 'in_flight' });
    for (const hold of holds) await expireLease(hold.eventId);
    const reaped = await Promise.all([expireHolds(world), expireHolds(world), expireHolds(world)]);
    expect(reaped.reduce((sum, each) => sum + each, 0)).toBe(100);
    expect([await world.wallet(orgId), await counterOf(budgetId)]).toEqual([{ posted: 10, held: 0 }, { spent: 0, held: 0 }]);
    expect(await world.db.query(`SELECT count(*)::int AS count FROM billing.hold WHERE org_id = $1 AND state = 'expired'`, [orgId])).toEqual([{ count: 100 }]);
    await world.takeHold(aHold(orgId));
  });

  it('leaves alone what is extended, and closes nothing twice', async () => {
    const orgId = await world.anOrg({ creditsUsd: '1.00' });
    const [running, dead] = [aHold(orgId), aHold(orgId)];
    await world.takeHold(running);
    await world.takeHold(dead);
    await Promise.all([expireLease(running.eventId), expireLease(dead.eventId)]);
    await extendHolds({ db: world.db, leaseMs: 60_000 }, { eventIds: [running.eventId, newId('event')] });
    await expireHolds(world);
    expect([await stateOf(running.eventId), await stateOf(dead.eventId)]).toEqual(['open', 'expired']);
    await releaseHold(world, { eventId: dead.eventId });
    await extendHolds({ db: world.db, leaseMs: 60_000 }, { eventIds: [dead.eventId] });
    expect(await stateOf(dead.eventId)).toBe('expired');
    await releaseHold(world, { eventId: running.eventId });
    await releaseHold(world, { eventId: running.eventId });
    expect(await stateOf(running.eventId)).toBe('released');
    await expect(world.owner.query(`UPDATE billing.hold SET state = 'open' WHERE id = $1`, [dead.eventId])).rejects.toThrow('does not become');
  });

  it('G14 settles late what is told after the lease: from what is free, the rest is our loss, and no budget goes over', async () => {
    const orgId = await world.anOrg({ creditsUsd: '0.20' });
    const budgetId = await world.aBudget(orgId, { amountUsd: '0.15' });
    const [late, other] = [aHold(orgId), aHold(orgId)];
    await world.takeHold(late);
    await expireLease(late.eventId);
    await expireHolds(world);
    await world.takeHold(other);
    await Promise.all([world.ingest(theEvent(late, 10_000)), world.ingest(theEvent(late, 10_000))]);
    expect(await stateOf(late.eventId)).toBe('late_settled');
    // $0.10 is reserved by the other call, and its budget leaves $0.05.
    expect([await world.wallet(orgId), await counterOf(budgetId)]).toEqual([{ posted: 0.15, held: 0.1 }, { spent: 0.05, held: 0.1 }]);
    expect(await world.db.query('SELECT overrun_nano_usd, is_late FROM billing.charge WHERE event_id = $1', [late.eventId])).toEqual([{ overrun_nano_usd: '50000000', is_late: true }]);
    await world.ingest(theEvent(other, 10_000));
    expect([await world.wallet(orgId), await counterOf(budgetId)]).toEqual([{ posted: 0.05, held: 0 }, { spent: 0.15, held: 0 }]);
  });

  it('charges what is told of an attempt whose hold was released, which was a mistake of somebody, without touching the hold', async () => {
    const orgId = await world.anOrg({ creditsUsd: '1.00' });
    const budgetId = await world.aBudget(orgId, { amountUsd: '5.00' });
    const hold = aHold(orgId);
    await world.takeHold(hold);
    await releaseHold(world, { eventId: hold.eventId });
    await world.ingest(theEvent(hold, 1_000));
    expect([await stateOf(hold.eventId), await world.wallet(orgId), await counterOf(budgetId)]).toEqual(['released', { posted: 0.99, held: 0 }, { spent: 0.01, held: 0 }]);
  });

  it('G16 settles in the window in which it was reserved, even when that is over', async () => {
    const orgId = await world.anOrg({ creditsUsd: '1.00' });
    const budgetId = await world.aBudget(orgId, { amountUsd: '1.00', period: 'day' });
    const hold = aHold(orgId);
    await world.takeHold(hold);
    await world.owner.query(`INSERT INTO billing.budget_counter (budget_id, window_start, held_nano_usd) SELECT budget_id, window_start - interval '1 day', held_nano_usd FROM billing.budget_counter WHERE budget_id = $1`, [budgetId]);
    await world.owner.query(`UPDATE billing.hold_budget SET window_start = window_start - interval '1 day' WHERE hold_id = $1`, [hold.eventId]);
    await world.owner.query(`UPDATE billing.budget_counter SET held_nano_usd = 0 WHERE budget_id = $1 AND window_start = (SELECT max(window_start) FROM billing.budget_counter WHERE budget_id = $1)`, [budgetId]);
    await world.ingest(theEvent(hold, 2_000));
    const rows = await world.db.query('SELECT spent_nano_usd AS spent, held_nano_usd AS held FROM billing.budget_counter WHERE budget_id = $1 ORDER BY window_start', [budgetId]);
    expect(rows).toEqual([{ spent: '20000000', held: '0' }, { spent: '0', held: '0' }]);
  });
});

it('G19 had no deadlock in all of this, not even one that was tried again', async () => {
  // Backends report what they counted once a second.
  await pause(1_200);
  await Promise.all(Array.from({ length: 20 }, () => world.db.query('SELECT pg_stat_force_next_flush(), pg_sleep(0.05)')));
  expect(await world.db.query('SELECT deadlocks::int FROM pg_stat_database WHERE datname = current_database()')).toEqual([{ deadlocks: 0 }]);
});
