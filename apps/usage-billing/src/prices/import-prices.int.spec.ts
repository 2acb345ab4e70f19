import { matchPrice } from '@byok/pricing';
import { createLog, EVERY_ORG, openDatabase, type Database } from '@byok/platform';
import { testDatabase, type TestDatabase } from '@byok/testing';
import { listPrices } from '../store/prices.store.js';
import { bundledPrices, importPrices, type PriceData } from './import-prices.js';
import { openPriceShelf } from './load-prices.js';
import type { SourcePrice } from './translate-prices.js';

const log = createLog('test', 'fatal');
let test: TestDatabase;
let db: Database;

beforeEach(async () => {
  test = await testDatabase();
  db = await openDatabase({ url: test.url('billing'), applicationName: 'test', log, scope: EVERY_ORG });
});
afterEach(async () => {
  await db.close();
  await test.close();
});

function aSourcePrice(facts: Partial<SourcePrice> = {}): SourcePrice {
  const inForce = { effectiveFrom: null, effectiveTo: null, dailyWindow: null };
  return { provider: 'acme', model: 'm', match: { equals: 'm' }, rank: 0, precedence: 0, rates: { input: 1_000_000n, output: 1n }, tiers: [], requestFee: 0n, ...inForce, ...facts };
}

/** What a price has beyond what its source told. */
const NOT_TOLD = new Set(['id', 'source', 'layer', 'orgId', 'checksum']);

let version = 0;
const dataOf = (...prices: SourcePrice[]): PriceData => ({ source: 'test', checksum: String(++version).padStart(64, '0'), translate: () => ({ prices, rounded: 0 }) });
const countOf = async (table: string) => Number((await db.query<{ count: string }>(`SELECT count(*) FROM billing.${table}`))[0]!.count);

describe('importPrices', () => {
  it('takes over all 1,694 models in less than a second, once, however many services start', async () => {
    const data = await bundledPrices();
    const began = performance.now();
    await Promise.all(Array.from({ length: 5 }, () => importPrices({ db, log }, data)));
    expect(performance.now() - began).toBeLessThan(3_000);
    expect(await countOf('price_import')).toBe(1);
    expect(await countOf('price')).toBeGreaterThan(1_694);
  });

  it('stores every price as it was translated', async () => {
    const data = await bundledPrices();
    await importPrices({ db, log }, data);
    const plain = (prices: readonly object[]) => prices.map((price) => JSON.stringify(price, (key, value: unknown) => (NOT_TOLD.has(key) ? undefined : typeof value === 'bigint' ? `${value}` : sorted(value)))).sort();
    const stored = new Set(plain(await listPrices(db)));
    const missing = plain(data.translate().prices).filter((price) => !stored.has(price) && !isListedTwice(price));
    expect(missing).toEqual([]);
    function isListedTwice(price: string): boolean {
      const withoutRank = (text: string) => text.replace(/"rank":\d+/, '');
      return [...stored].some((other) => withoutRank(other) === withoutRank(price));
    }
  });

  it('does nothing when the data is the same', async () => {
    const data = dataOf(aSourcePrice());
    await importPrices({ db, log }, data);
    await importPrices({ db, log }, { ...data, translate: () => { throw new Error('must not be asked'); } });
    expect(await countOf('price_import')).toBe(1);
  });

  it('G22 ends a changed price now and keeps it for the calls that began before', async () => {
    const shelf = openPriceShelf();
    await importPrices({ db, log }, dataOf(aSourcePrice(), aSourcePrice({ model: 'gone', match: { equals: 'gone' } }), aSourcePrice({ model: 'same', match: { equals: 'same' }, rank: 7 })));
    const old = matchPrice(await shelf.current(db), 'acme', 'm', Date.now())!;
    const same = matchPrice(await shelf.current(db), 'acme', 'same', Date.now())!;
    const before = Date.now() - 60_000;
    await importPrices({ db, log }, dataOf(aSourcePrice({ rates: { input: 2_000_000n, output: 1n } }), aSourcePrice({ model: 'same', match: { equals: 'same' }, rank: 1 })));

    const book = await shelf.current(db);
    const later = Date.now() + 60_000;
    expect(matchPrice(book, 'acme', 'm', before)?.id).toBe(old.id);
    expect(matchPrice(book, 'acme', 'm', later)?.rates.input).toBe(2_000_000n);
    expect(matchPrice(book, 'acme', 'gone', before)).toBeDefined();
    expect(matchPrice(book, 'acme', 'gone', later)).toBeUndefined();
    expect(matchPrice(book, 'acme', 'same', later)).toMatchObject({ id: same.id, rank: 1 });
  });

  it('brings a price back that was withdrawn, as a new version', async () => {
    const [one, other] = [aSourcePrice(), aSourcePrice({ rates: { input: 5n, output: 5n } })];
    for (const price of [one, other, one]) await importPrices({ db, log }, dataOf(price));
    expect(await countOf('price')).toBe(3);
    expect(matchPrice(await openPriceShelf().current(db), 'acme', 'm', Date.now() + 1_000)?.rates.input).toBe(1_000_000n);
  });

  it('takes a dated change that the source announces', async () => {
    const day = Date.parse('2100-01-01T00:00:00Z');
    await importPrices({ db, log }, dataOf(aSourcePrice()));
    await importPrices({ db, log }, dataOf(aSourcePrice({ effectiveTo: day }), aSourcePrice({ precedence: 1, effectiveFrom: day, rates: { input: 9n, output: 9n } })));
    const book = await openPriceShelf().current(db);
    expect(matchPrice(book, 'acme', 'm', day - 1)?.rates.input).toBe(1_000_000n);
    expect(matchPrice(book, 'acme', 'm', day)?.rates.input).toBe(9n);
  });
});

function sorted(value: unknown): unknown {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? Object.fromEntries(Object.entries(value).sort(([one], [other]) => (one < other ? -1 : 1))) : value;
}
