import type { PriceRowMessage } from '@byok/contracts';
import { matchPrice } from '@byok/pricing';
import { createLog, EVERY_ORG, openDatabase, type Database } from '@byok/platform';
import { testDatabase, type TestDatabase } from '@byok/testing';
import { listPrices } from './list-prices.js';
import { importPriceFile } from './import-price-file.js';
import { openPriceShelf, type PriceShelf } from './load-prices.js';
import { putPrice } from './put-price.js';

const log = createLog('test', 'fatal');
const NONE = { tiers: [], requestUsd: '', effectiveFrom: '', effectiveTo: '' };
let test: TestDatabase;
let db: Database;
let shelf: PriceShelf;

beforeEach(async () => {
  test = await testDatabase();
  db = await openDatabase({ url: test.url('billing'), applicationName: 'test', log, scope: EVERY_ORG });
  shelf = openPriceShelf();
  await load({ model: 'acme-1', rates: { input: '1', output: '2' } }, { model: 'acme-mini*', rates: { input: '0.1', output: '0.2' } });
});
afterEach(async () => {
  await db.close();
  await test.close();
});

const load = (...prices: object[]) => importPriceFile({ db, log }, { file: JSON.stringify({ source: 'list', prices: prices.map((price) => ({ provider: 'acme', ...price })) }), dryRun: false, actor: 'usr_1' });
const put = (facts: object): Promise<PriceRowMessage> => putPrice({ db }, { orgId: '', provider: 'acme', model: 'acme-1', rates: { input: '3', output: '6' }, ...NONE, source: 'decision 7', actor: 'usr_1', ...facts });
const inputRate = async (model: string, orgId: string | null, at = Date.now() + 1_000) => matchPrice(await shelf.current(db), 'acme', model, at, orgId)?.rates.input;

describe('agreed prices', () => {
  it("put an org's contract before the operator's override before what was imported", async () => {
    expect(await inputRate('acme-1', 'org_a')).toBe(1_000_000n);
    await put({});
    expect(await inputRate('acme-1', 'org_a')).toBe(3_000_000n);
    await put({ orgId: 'org_a', rates: { input: '2.5' } });
    expect([await inputRate('acme-1', 'org_a'), await inputRate('acme-1', 'org_b'), await inputRate('acme-1', null)]).toEqual([2_500_000n, 3_000_000n, 3_000_000n]);
  });

  it('hold for their stretch of time alone, and what was there before holds again after it', async () => {
    await put({ effectiveFrom: '2026-03-01T00:00:00Z', effectiveTo: '2026-04-01T00:00:00Z' });
    const at = (date: string) => inputRate('acme-1', null, Date.parse(date));
    expect([await at('2026-02-28T23:59:59Z'), await at('2026-03-01T00:00:00Z'), await at('2026-03-31T23:59:59Z'), await at('2026-04-01T00:00:00Z')]).toEqual([1_000_000n, 3_000_000n, 3_000_000n, 1_000_000n]);
  });

  it('for a whole name go before those for its beginning', async () => {
    await put({ model: 'acme-*', rates: { input: '5' } });
    await put({ model: 'acme-1', rates: { input: '4' } });
    await put({ model: 'acme-mini*', rates: { input: '6' } });
    expect([await inputRate('acme-1', null), await inputRate('acme-2', null), await inputRate('acme-mini-7', null)]).toEqual([4_000_000n, 5_000_000n, 6_000_000n]);
  });

  it('are new rows: asked twice is one, and nothing that was there changes', async () => {
    const [first, again] = [await put({}), await put({})];
    expect(again.id).toBe(first.id);
    const second = await put({ rates: { input: '7' } });
    const third = await put({});
    expect(new Set([first.id, second.id, third.id]).size).toBe(3);
    expect(await inputRate('acme-1', null)).toBe(3_000_000n);
    expect(await db.query('SELECT effective_to, input_pico FROM billing.price WHERE id = $1', [first.id])).toEqual([{ effective_to: null, input_pico: '3000000' }]);
  });

  it('taken back end now, for what is to come alone', async () => {
    const { id } = await put({ effectiveFrom: '2026-01-01T00:00:00Z' });
    const ended = await put({ rates: {} });
    expect(ended).toMatchObject({ id });
    expect(Date.parse(ended.effectiveTo)).toBeLessThanOrEqual(Date.now());
    expect([await inputRate('acme-1', null), await inputRate('acme-1', null, Date.parse('2026-02-01'))]).toEqual([1_000_000n, 3_000_000n]);
    await expect(put({ rates: {} })).rejects.toMatchObject({ code: 'not_found' });
  });

  it('refuse a rate that is no decimal, finer than a pico-USD or for a meter that does not exist', async () => {
    for (const rates of [{ input: '-1' }, { input: '0.0000001' }, { input: 'NaN' }, { pages: '1' }]) await expect(put({ rates })).rejects.toMatchObject({ code: 'invalid_request' });
    await expect(put({ effectiveFrom: '2026-02-01T00:00:00Z', effectiveTo: '2026-01-01T00:00:00Z' })).rejects.toMatchObject({ code: 'invalid_request' });
  });

  it('are listed with source and checksum, what counts first, without the contracts of others', async () => {
    await put({});
    await put({ orgId: 'org_a', rates: { input: '2.5' }, requestUsd: '0.001', tiers: [{ aboveInputTokens: 1000, rates: { input: '5' } }] });
    const list = (facts: object) => listPrices({ db }, { orgId: '', provider: 'acme', model: '', at: '', after: '', limit: 50, ...facts });
    expect((await list({ orgId: 'org_a', model: 'acme-1' })).items.map(({ layer, rates, requestUsd, source }) => [layer, rates['input'], requestUsd, source])).toEqual([
      ['contract', '2.5', '0.001', 'decision 7'],
      ['override', '3', '0.00', 'decision 7'],
      ['imported', '1', '0.00', 'list'],
    ]);
    expect((await list({ orgId: 'org_b' })).items.map(({ layer }) => layer)).toEqual(['override', 'imported', 'imported']);
    const first = await list({ limit: 2 });
    expect([first.items.length, (await list({ limit: 2, after: first.next })).items.length]).toEqual([2, 1]);
    expect(first.items[0]!.checksum).toMatch(/^[0-9a-f]{64}$/);
  });
});

describe('importPriceFile', () => {
  it('shows what would change and changes nothing before it is told to', async () => {
    const file = JSON.stringify({ source: 'list', prices: [{ provider: 'acme', model: 'acme-1', rates: { input: '1.5', output: '2' } }, { provider: 'acme', model: 'acme-3', rates: { input: '9' } }] });
    const ask = (dryRun: boolean) => importPriceFile({ db, log }, { file, dryRun, actor: 'usr_1' });
    const preview = await ask(true);
    expect(preview).toMatchObject({ source: 'list', added: 2, withdrawn: 2, isKnown: false });
    expect(preview.changes.map(({ change, model, before, after }) => [change, model, before['input'], after['input']])).toEqual([
      ['changed', 'acme-1', '1', '1.5'],
      ['added', 'acme-3', undefined, '9'],
      ['withdrawn', 'acme-mini*', '0.1', undefined],
    ]);
    expect(await inputRate('acme-1', null)).toBe(1_000_000n);
    expect(await ask(false)).toMatchObject({ added: 2, withdrawn: 2 });
    expect([await inputRate('acme-1', null), await inputRate('acme-mini-1', null)]).toEqual([1_500_000n, undefined]);
    expect(await ask(true)).toMatchObject({ isKnown: true, added: 0, changes: [] });
    expect((await db.query<{ reviewed_by: string }>('SELECT reviewed_by FROM billing.price_import ORDER BY sequence DESC LIMIT 1'))[0]!.reviewed_by).toBe('usr_1');
  });

  it('does not let a file pass itself off as the prices of the product', async () => {
    const file = JSON.stringify({ source: 'genai-prices', prices: [{ provider: 'acme', model: 'x', rates: { input: '1' } }] });
    await expect(importPriceFile({ db, log }, { file, dryRun: true, actor: 'usr_1' })).rejects.toMatchObject({ code: 'invalid_request' });
    await expect(importPriceFile({ db, log }, { file: '{', dryRun: true, actor: 'usr_1' })).rejects.toMatchObject({ code: 'invalid_request' });
  });

  it('goes before the prices that come with the product', async () => {
    await importPriceFile({ db, log }, { file: '', dryRun: false, actor: 'usr_1' });
    const bundled = matchPrice(await shelf.current(db), 'openai', 'gpt-4o', Date.now())!;
    expect(bundled.source).toBe('genai-prices');
    await load({ provider: 'openai', model: 'gpt-4o', rates: { input: '1', output: '1' } });
    expect(matchPrice(await shelf.current(db), 'openai', 'gpt-4o', Date.now() + 1_000)?.source).toBe('list');
  });
});
