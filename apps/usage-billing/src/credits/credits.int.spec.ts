import type { AppError } from '@byok/kernel';
import { newId } from '@byok/kernel';
import { aHold, billingOfSuite, theEvent } from '../spec/billing-world.js';
import { expireCredits } from './expire-credits.js';
import { grantCredits } from './grant-credits.js';
import { listJournal } from './list-journal.js';
import { readCredits } from './read-credits.js';
import { refundCharge } from './refund-charge.js';

const world = billingOfSuite();

afterEach(() => world.assertBooksBalance());

const grant = (orgId: string, facts: object = {}) => grantCredits(world, { orgId, amountUsd: '1.00', kind: 'paid', expiresAt: '', note: 'a note', idempotencyKey: newId('request'), createdBy: 'usr_op', ...facts });
const refund = (orgId: string, eventId: string, facts: object = {}) => refundCharge(world, { orgId, eventId, amountUsd: '', note: '', idempotencyKey: newId('request'), createdBy: 'usr_op', ...facts });
const refusalOf = (asked: Promise<unknown>): Promise<AppError> => asked.then(() => Promise.reject(new Error('It was not refused.')), (error: unknown) => error as AppError);
const sumOn = async (orgId: string, account: string) => Number((await world.db.query<{ sum: string }>('SELECT COALESCE(sum(amount_nano_usd), 0) / 1e9 AS sum FROM billing.posting WHERE org_id = $1 AND account = $2', [orgId, account]))[0]!.sum);
const expire = (lotId: string) => world.owner.query(`UPDATE billing.credit_lot SET expires_at = now() - interval '1 second' WHERE id = $1`, [lotId]);

/** A call that was held, made and charged. */
async function aCharge(orgId: string, outputTokens: number): Promise<string> {
  const hold = aHold(orgId);
  await world.takeHold(hold);
  await world.ingest(theEvent(hold, outputTokens));
  return hold.eventId;
}

describe('grants', () => {
  it('tell what is there, reserved and free, and which lots it is made of in the order in which they are burnt', async () => {
    const orgId = await world.anOrg();
    expect(await readCredits(world, { orgId })).toEqual({ balanceUsd: '0.00', heldUsd: '0.00', availableUsd: '0.00', lots: [] });
    const paid = await grant(orgId, { amountUsd: '2.50' });
    const promo = await grant(orgId, { amountUsd: '1', kind: 'promo', expiresAt: '2999-01-01T00:00:00Z' });
    await world.takeHold(aHold(orgId));
    const credits = await readCredits(world, { orgId });
    expect(credits).toMatchObject({ balanceUsd: '3.50', heldUsd: '0.10', availableUsd: '3.40' });
    expect(credits.lots).toEqual([promo, paid]);
    expect(promo).toMatchObject({ kind: 'promo', amountUsd: '1.00', remainingUsd: '1.00', expiresAt: '2999-01-01T00:00:00.000Z', note: 'a note', createdBy: 'usr_op' });
    expect([await sumOn(orgId, 'cash_clearing'), await sumOn(orgId, 'promo_expense')]).toEqual([-2.5, -1]);
  });

  it('H10 are booked once per idempotency key, also when sent many times at once; another amount under it is a conflict', async () => {
    const orgId = await world.anOrg();
    const again = () => grant(orgId, { idempotencyKey: 'psp-1' });
    const lots = await Promise.all(Array.from({ length: 15 }, again));
    expect(new Set(lots.map((lot) => lot.id)).size).toBe(1);
    expect(await world.wallet(orgId)).toEqual({ posted: 1, held: 0 });
    expect((await refusalOf(grant(orgId, { idempotencyKey: 'psp-1', amountUsd: '2.00' }))).code).toBe('conflict');
    // The same key means nothing in another org.
    const other = await world.anOrg();
    await grant(other, { idempotencyKey: 'psp-1' });
    expect(await world.wallet(other)).toEqual({ posted: 1, held: 0 });
  });

  it('are refused for nobody, for nothing and for less than nothing', async () => {
    const orgId = await world.anOrg();
    expect((await refusalOf(grant(newId('org')))).code).toBe('not_found');
    for (const bad of [{ amountUsd: '0' }, { amountUsd: '-1.00' }, { amountUsd: '1e9' }, { amountUsd: '0.0000000001' }, { kind: 'stolen' }, { idempotencyKey: '' }]) {
      expect((await refusalOf(grant(orgId, bad))).code).toBe('invalid_request');
    }
  });
});

describe('refunds', () => {
  it('take a charge back exactly, to the lots it came from, once per key and never more than was drawn', async () => {
    const orgId = await world.anOrg({ tier: 'trial' });
    const [promo, paid] = [await grant(orgId, { amountUsd: '0.01', kind: 'promo' }), await grant(orgId, { amountUsd: '0.50' })];
    const eventId = await aCharge(orgId, 2_000);
    expect((await readCredits(world, { orgId })).lots).toMatchObject([{ id: paid.id, remainingUsd: '0.487' }]);
    const part = await refund(orgId, eventId, { amountUsd: '0.003333333', idempotencyKey: 'case-1' });
    expect(await refund(orgId, eventId, { amountUsd: '0.003333333', idempotencyKey: 'case-1' })).toEqual(part);
    expect((await refusalOf(refund(orgId, eventId, { amountUsd: '0.02' }))).details).toEqual({ refundableUsd: '0.019666667' });
    expect(await refund(orgId, eventId)).toMatchObject({ amountUsd: '0.019666667' });
    expect((await refusalOf(refund(orgId, eventId))).code).toBe('conflict');
    expect((await readCredits(world, { orgId })).lots).toMatchObject([{ id: promo.id, remainingUsd: '0.01' }, { id: paid.id, remainingUsd: '0.50' }]);
    expect([await sumOn(orgId, 'usage_passthrough'), await sumOn(orgId, 'markup_revenue'), await sumOn(orgId, 'overrun_loss')]).toEqual([0, 0, 0]);
  });

  it('take an overrun back with the charge it belongs to', async () => {
    const orgId = await world.anOrg({ creditsUsd: '0.10' });
    const eventId = await aCharge(orgId, 34_500);
    expect(await sumOn(orgId, 'overrun_loss')).toBe(-0.245);
    await refund(orgId, eventId);
    expect([await world.wallet(orgId), await sumOn(orgId, 'overrun_loss'), await sumOn(orgId, 'usage_passthrough')]).toEqual([{ posted: 0.1, held: 0 }, 0, 0]);
  });

  it('of many at once give back no more than there was', async () => {
    const orgId = await world.anOrg({ creditsUsd: '1.00' });
    const eventId = await aCharge(orgId, 10_000);
    const results = await Promise.allSettled(Array.from({ length: 15 }, () => refund(orgId, eventId, { amountUsd: '0.03' })));
    expect(results.filter((result) => result.status === 'fulfilled')).toHaveLength(3);
    expect(await world.wallet(orgId)).toEqual({ posted: 0.99, held: 0 });
  });

  it('F18 know no other org’s charges, and no event that was not charged: one that comes before its charge changes nothing', async () => {
    const [mine, theirs] = [await world.anOrg({ creditsUsd: '1.00' }), await world.anOrg({ creditsUsd: '1.00' })];
    const eventId = await aCharge(theirs, 1_000);
    expect((await refusalOf(refund(mine, eventId))).code).toBe('not_found');
    expect((await refusalOf(refund(mine, newId('event')))).code).toBe('not_found');
  });
});

describe('expiry', () => {
  it('takes what is left of a lot whose time is over, once, however many look', async () => {
    const orgId = await world.anOrg();
    const lot = await grant(orgId, { kind: 'promo' });
    await aCharge(orgId, 1_000);
    await expire(lot.id);
    await Promise.all([expireCredits(world), expireCredits(world), expireCredits(world)]);
    expect([await world.wallet(orgId), await sumOn(orgId, 'breakage')]).toEqual([{ posted: 0, held: 0 }, 0.99]);
  });

  it('leaves what running calls have reserved until they are settled', async () => {
    const orgId = await world.anOrg();
    const lot = await grant(orgId, { kind: 'promo', amountUsd: '0.15' });
    const hold = aHold(orgId);
    await world.takeHold(hold);
    await expire(lot.id);
    await expireCredits(world);
    expect(await world.wallet(orgId)).toEqual({ posted: 0.1, held: 0.1 });
    await world.ingest(theEvent(hold, 4_000));
    await expireCredits(world);
    expect([await world.wallet(orgId), await sumOn(orgId, 'breakage')]).toEqual([{ posted: 0, held: 0 }, 0.11]);
  });
});

describe('the journal', () => {
  it('is read newest first, a page at a time, with lines that sum to zero', async () => {
    const orgId = await world.anOrg({ creditsUsd: '1.00' });
    const eventId = await aCharge(orgId, 1_000);
    await refund(orgId, eventId);
    const kinds: string[] = [];
    for (let after = ''; ; ) {
      const page = await listJournal(world, { orgId, after, limit: 2 });
      kinds.push(...page.items.map((item) => item.kind));
      if (!page.next) break;
      after = page.next;
    }
    expect(kinds).toEqual(['refund', 'usage', 'top_up']);
    const { items } = await listJournal(world, { orgId });
    expect(items[1]!.lines).toEqual([{ account: 'wallet', amountUsd: '-0.01' }, { account: 'usage_passthrough', amountUsd: '0.01' }]);
    expect(items[0]).toMatchObject({ reverses: items[1]!.id });
  });

  it.each([
    'UPDATE billing.journal SET kind = kind',
    'DELETE FROM billing.journal',
    'TRUNCATE billing.journal CASCADE',
    'UPDATE billing.posting SET amount_nano_usd = 1',
    'DELETE FROM billing.posting',
    'TRUNCATE billing.posting',
    'UPDATE billing.charge SET overrun_nano_usd = 0',
    'DELETE FROM billing.charge',
    'UPDATE billing.lot_use SET amount_nano_usd = 1',
    'DELETE FROM billing.hold',
    'DELETE FROM billing.account',
    'DELETE FROM billing.credit_lot',
  ])('G25 refuses to the service, and to the owner of the tables: %s', async (sql) => {
    await expect(world.db.query(sql)).rejects.toThrow(/permission denied/);
    await expect(world.owner.query(sql)).rejects.toThrow('cannot be changed or removed');
  });

  it.each(['UPDATE billing.account SET posted_nano_usd = 1000000000', 'UPDATE billing.account SET floor_nano_usd = -1', `UPDATE billing.hold SET amount_nano_usd = 0`, 'UPDATE billing.credit_lot SET amount_nano_usd = 1'])(
    'G25 does not let the service write a balance or rewrite what was reserved: %s',
    async (sql) => {
      await expect(world.db.query(sql)).rejects.toThrow(/permission denied/);
    },
  );

  it('refuses, at commit, a journal that does not sum to zero, and lines between two orgs', async () => {
    const [one, two] = [await world.anOrg({ creditsUsd: '1.00' }), await world.anOrg({ creditsUsd: '1.00' })];
    const post = (lines: readonly (readonly [orgId: string, account: string, amount: number])[]) =>
      world.db.transaction(async (tx) => {
        const id = newId('journal');
        await tx.query(`INSERT INTO billing.journal (id, org_id, kind, idem_key) VALUES ($1, $2, 'adjustment', $1)`, [id, one]);
        for (const [index, [orgId, account, amount]] of lines.entries()) await tx.query('INSERT INTO billing.posting (journal_id, line, org_id, account, amount_nano_usd) VALUES ($1, $2, $3, $4, $5)', [id, index + 1, orgId, account, amount]);
      });
    await expect(post([[one, 'wallet', 5], [one, 'promo_expense', -4]])).rejects.toThrow('does not sum to zero');
    await expect(post([[one, 'wallet', 5], [two, 'wallet', -5]])).rejects.toThrow('foreign key');
    await expect(post([[one, 'wallet', -2_000_000_000], [one, 'breakage', 2_000_000_000]])).rejects.toThrow('wallet_stays_above_its_floor');
    await post([[one, 'wallet', -5], [one, 'breakage', 5]]);
    await post([[one, 'wallet', 5], [one, 'breakage', -5]]);
  });

  it('G15 makes a budget’s counter once, at what is held, when many calls are the first in its window', async () => {
    const orgId = await world.anOrg({ creditsUsd: '10.00' });
    const budgetId = await world.aBudget(orgId, { amountUsd: '5.00' });
    await Promise.all(Array.from({ length: 20 }, () => world.takeHold(aHold(orgId))));
    expect(await world.db.query('SELECT held_nano_usd::text AS held FROM billing.budget_counter WHERE budget_id = $1', [budgetId])).toEqual([{ held: '2000000000' }]);
  });

  it('G24 keeps the sum of many tiny charges within half a nano-USD each of what they exactly are, base and markup apart', async () => {
    const orgId = await world.anOrg({ tier: 'trial', creditsUsd: '1.00' });
    // One token of gpt-4o-mini in is 0.15 µ$ = 150 n$; its markup of 22.5 n$ is rounded to even.
    const events = Array.from({ length: 200 }, (_, index) => {
      const event = theEvent(aHold(orgId, { model: 'gpt-4o-mini' }), 0);
      return { ...event, meters: { ...event.meters!, inputUncached: 1 + (index % 7), cacheRead: index % 3 } };
    });
    await world.ingest(...events);
    const [sums] = await world.db.query<{ base: string; markup: string }>('SELECT sum(base_nano_usd) AS base, sum(markup_nano_usd) AS markup FROM billing.charge WHERE org_id = $1', [orgId]);
    const exact = events.reduce((sum, { meters }) => sum + meters!.inputUncached * 150 + meters!.cacheRead * 75, 0);
    expect(Number(sums!.base)).toBe(exact);
    expect(Math.abs(Number(sums!.markup) - exact * 0.15)).toBeLessThanOrEqual(events.length / 2);
  });
});
