import { newId, parseUsd } from '@byok/kernel';
import { billingWorld, theEvent, aHold, type BillingWorld } from '../spec/billing-world.js';
import { aCall, bookIn, thirtyDays } from '../spec/traffic.js';
import { refundCharge } from '../credits/refund-charge.js';
import { finaliseInvoice } from '../invoices/finalise-invoice.js';
import { getInvoice } from '../invoices/get-invoice.js';
import { listLineEvents } from '../invoices/list-line-events.js';
import { putPrice } from '../prices/put-price.js';
import { rerate } from './rerate.js';

let world: BillingWorld;

beforeEach(async () => {
  world = await billingWorld();
});
afterEach(async () => {
  await world.assertBooksBalance();
  await world.close();
});

const setPrice = (facts: object) => putPrice(world, { orgId: '', provider: 'openai', model: 'gpt-4o', rates: { input: '2.5', output: '5' }, tiers: [], requestUsd: '', effectiveFrom: '2026-01-01T00:00:00Z', effectiveTo: '', source: 'contract 7', actor: 'usr_operator', ...facts });
const again = (orgId: string, dryRun = false) => rerate(world, { orgId, from: '2026-09-01T00:00:00Z', to: '2026-10-01T00:00:00Z', dryRun, actor: 'usr_operator' });
const balance = async (orgId: string) => (await world.wallet(orgId)).posted;
const journals = async () => Number((await world.db.query<{ count: string }>('SELECT count(*) FROM billing.journal'))[0]!.count);

describe('rerate', () => {
  it('previews, then gives back the difference to the lots that paid, with the originals linked and untouched', async () => {
    const orgId = await world.anOrg({ tier: 'trial', creditsUsd: '5.00' });
    const call = aCall(orgId, '2026-09-03T00:00:00Z', 10_000);
    await world.ingest(call, aCall(orgId, '2026-11-03T00:00:00Z', 10_000));
    expect(await balance(orgId)).toBe(4.77);
    await setPrice({ orgId });
    const before = await journals();
    const preview = await again(orgId, true);
    expect(preview).toEqual({ events: 1, changed: 1, unpriced: 0, adjustmentUsd: '-0.0575', journals: [], lines: [{ provider: 'openai', model: 'gpt-4o', events: 1, chargedUsd: '0.115', rightUsd: '0.0575', adjustmentUsd: '-0.0575' }] });
    expect([await journals(), await balance(orgId)]).toEqual([before, 4.77]);

    const original = await world.db.query('SELECT * FROM billing.charge ORDER BY event_id');
    const done = await again(orgId);
    expect(done).toEqual({ ...preview, journals: [expect.stringMatching(/^jrn_/)] });
    expect(await balance(orgId)).toBe(4.8275);
    expect(await world.db.query('SELECT * FROM billing.charge ORDER BY event_id')).toEqual(original);
    expect(await world.db.query('SELECT event_id, base_nano_usd, markup_nano_usd FROM billing.rerated_charge WHERE journal_id = $1', [done.journals[0]])).toEqual([{ event_id: call.eventId, base_nano_usd: '-50000000', markup_nano_usd: '-7500000' }]);
    expect(await again(orgId)).toMatchObject({ changed: 0, journals: [], adjustmentUsd: '0.00' });
  });

  it('charges what is dearer as far as there is money, with the markup of the time, and takes it all back again', async () => {
    const orgId = await world.anOrg({ creditsUsd: '0.15' });
    await world.ingest(aCall(orgId, '2026-09-03T00:00:00Z', 10_000));
    await setPrice({ orgId, rates: { input: '2.5', output: '30' } });
    expect(await again(orgId)).toMatchObject({ changed: 1, adjustmentUsd: '0.05' });
    expect(await balance(orgId)).toBe(0);
    await setPrice({ orgId, rates: { input: '2.5', output: '10' } });
    expect(await again(orgId)).toMatchObject({ adjustmentUsd: '-0.05' });
    expect(await balance(orgId)).toBeCloseTo(0.05, 9);
  });

  it('books a month of traffic once, however many do it at once, to the sum of its events', async () => {
    const orgId = await world.anOrg({ tier: 'professional', creditsUsd: '500.00' });
    await world.ingest(...thirtyDays(orgId, '2026-09', [newId('group'), newId('group')], 12));
    await setPrice({ rates: { input: '1', output: '1' } });
    const preview = await again(orgId, true);
    expect([preview.events, preview.lines.map((line) => line.model)]).toEqual([660, ['gpt-4o']]);
    const before = BigInt((await world.db.query<{ posted: string }>(`SELECT posted_nano_usd AS posted FROM billing.account WHERE org_id = $1 AND kind = 'wallet'`, [orgId]))[0]!.posted);
    await Promise.all([again(orgId), again(orgId), again(orgId)]);
    const after = BigInt((await world.db.query<{ posted: string }>(`SELECT posted_nano_usd AS posted FROM billing.account WHERE org_id = $1 AND kind = 'wallet'`, [orgId]))[0]!.posted);
    expect(before - after).toBe(parseUsd(preview.adjustmentUsd));
    expect(preview.changed).toBe(Number((await world.db.query<{ count: string }>('SELECT count(*) FROM billing.rerated_charge'))[0]!.count));
  });

  it('is what a refund afterwards goes by, in pieces to the last nano-dollar', async () => {
    const orgId = await world.anOrg({ tier: 'trial', creditsUsd: '5.00' });
    const { eventId, ...call } = aCall(orgId, '2026-09-03T00:00:00Z', 10_000);
    await world.ingest({ eventId, ...call });
    await setPrice({ orgId, rates: { input: '2.5', output: '30' } });
    expect(await again(orgId)).toMatchObject({ adjustmentUsd: '0.23' });
    const refund = (amountUsd: string) => refundCharge(world, { orgId, eventId, amountUsd, idempotencyKey: `r${amountUsd}`, createdBy: 'usr_operator' });
    await refund('0.100000001');
    await expect(refund('0.25')).rejects.toMatchObject({ code: 'conflict' });
    expect((await refund('')).amountUsd).toBe('0.244999999');
    expect(await balance(orgId)).toBe(5);
    expect(await world.db.query(`SELECT sum(amount_nano_usd) AS left FROM billing.posting WHERE org_id = $1 AND account IN ('usage_passthrough', 'markup_revenue') GROUP BY account`, [orgId])).toEqual([{ left: '0' }, { left: '0' }]);
  });

  it('lands on the next invoice as an adjustment that tells each call', async () => {
    const orgId = await world.anOrg({ creditsUsd: '5.00' });
    const call = aCall(orgId, '2026-09-03T00:00:00Z', 10_000);
    await world.ingest(call);
    await bookIn(world, '2026-09');
    await finaliseInvoice(world, { orgId, orgName: 'Acme', month: '2026-09', actor: 'usr_operator' });
    await setPrice({});
    await again(orgId);
    await bookIn(world, '2026-10');
    await finaliseInvoice(world, { orgId, orgName: 'Acme', month: '2026-10', actor: 'usr_operator' });
    const october = JSON.parse(Buffer.from((await getInvoice(world, { orgId, orgName: 'Acme', month: '2026-10', format: 'json' })).content).toString()) as { totalUsd: string; lines: { line: number; label: string; exactUsd: string }[] };
    expect(october).toMatchObject({ totalUsd: '-0.05', lines: [{ line: 1, label: 'Usage charged anew by changed prices', exactUsd: '-0.05' }, {}] });
    expect((await listLineEvents(world, { orgId, month: '2026-10', line: 1, after: '', limit: 10 })).items).toMatchObject([{ id: call.eventId, kind: 'usage', model: 'gpt-4o', amountUsd: '-0.05' }]);
  });

  it('leaves alone what has no price any more, what was refunded, and who else there is', async () => {
    const [orgId, other] = [await world.anOrg({ creditsUsd: '5.00' }), await world.anOrg({ creditsUsd: '5.00' })];
    const refunded = aCall(orgId, '2026-09-03T00:00:00Z', 10_000);
    await world.ingest(refunded, aCall(other, '2026-09-03T00:00:00Z', 10_000));
    await refundCharge(world, { orgId, eventId: refunded.eventId, amountUsd: '0.02', idempotencyKey: 'r', createdBy: 'usr_operator' });
    await setPrice({ orgId: '' });
    expect(await again(orgId)).toMatchObject({ events: 0, changed: 0 });
    expect(await balance(other)).toBe(4.9);
    await expect(rerate(world, { orgId, from: '2026-09-01T00:00:00Z', to: '2026-09-01T00:00:00Z', dryRun: true, actor: 'u' })).rejects.toMatchObject({ code: 'invalid_request' });
  });
});

describe('a price that changes', () => {
  it('G22 does not change a call that runs: it is charged by the price of its admission, and only a re-rating says otherwise', async () => {
    const orgId = await world.anOrg({ creditsUsd: '5.00' });
    const hold = aHold(orgId);
    await world.takeHold(hold);
    const backdated = '2026-01-01T00:00:00Z';
    await setPrice({ rates: { input: '100', output: '100' }, effectiveFrom: backdated });
    await world.ingest(theEvent(hold, 10_000));
    expect(await balance(orgId)).toBe(4.9);
    const { eventId: id } = hold;
    expect(await world.db.query('SELECT base_nano_usd, price_id = (SELECT price_id FROM billing.hold WHERE id = $1) AS pinned FROM billing.charge WHERE event_id = $1', [id])).toEqual([{ base_nano_usd: '100000000', pinned: true }]);
  });

  it('G22 in the middle of a month charges each call by what was in force when it began, for an org by its contract', async () => {
    const [orgId, other] = [await world.anOrg({ creditsUsd: '5.00' }), await world.anOrg({ creditsUsd: '5.00' })];
    await setPrice({ orgId, effectiveFrom: '2026-09-15T00:00:00Z' });
    await world.ingest(...[orgId, other].flatMap((each) => [aCall(each, '2026-09-14T23:59:59Z', 10_000), aCall(each, '2026-09-15T00:00:00Z', 10_000)]));
    expect([await balance(orgId), await balance(other)]).toEqual([4.85, 4.8]);
  });
});

describe('many tiny events', () => {
  it('G24 are charged exactly: the ledger is the sum of its events, and the invoice differs by less than a cent', async () => {
    const orgId = await world.anOrg({ tier: 'trial', creditsUsd: '5.00' });
    for (let batch = 0; batch < 10; batch++) await world.ingest(...Array.from({ length: 500 }, (_, index) => aCall(orgId, '2026-09-03T00:00:00Z', 1 + (index % 3))));
    const [sum] = await world.db.query<{ events: string; ledger: string }>(
      `SELECT (SELECT sum(base_nano_usd + markup_nano_usd) FROM billing.charge) AS events,
              (SELECT sum(amount_nano_usd) FROM billing.posting WHERE account IN ('usage_passthrough', 'markup_revenue')) AS ledger`,
    );
    expect(sum!.events).toBe(sum!.ledger);
    await bookIn(world, '2026-09');
    const { totalUsd } = await finaliseInvoice(world, { orgId, orgName: 'Acme', month: '2026-09', actor: 'usr_operator' });
    const difference = parseUsd(totalUsd) - BigInt(sum!.ledger);
    expect(difference <= 5_000_000n && difference >= -5_000_000n).toBe(true);
  });
});
