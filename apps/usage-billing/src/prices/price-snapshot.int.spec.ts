import { matchPrice, openPriceBook, readPriceLines } from '@byok/pricing';
import { createLog, EVERY_ORG, openDatabase } from '@byok/platform';
import { testDatabase } from '@byok/testing';
import { listLivePrices } from '../store/prices.store.js';
import { bundledPrices, importPrices } from './import-prices.js';
import { priceSnapshot } from './price-snapshot.js';

describe('priceSnapshot', () => {
  it('tells every price in force, exactly, in a message of a few megabytes; and nothing to who knows this version', async () => {
    const log = createLog('test', 'fatal');
    const test = await testDatabase();
    const db = await openDatabase({ url: test.url('billing'), applicationName: 'test', log, scope: EVERY_ORG });
    expect(await priceSnapshot({ db }, { knownVersion: '' })).toEqual({ version: '', lines: '' });
    await importPrices({ db, log }, await bundledPrices());

    const { version, lines } = await priceSnapshot({ db }, { knownVersion: '' });
    expect(readPriceLines(lines)).toEqual(await listLivePrices(db));
    expect(matchPrice(openPriceBook(readPriceLines(lines)), 'openai', 'gpt-4o-mini', Date.now())?.rates.input).toBe(150_000n);
    // The client of the gateway takes 16 MB.
    expect(lines.length).toBeLessThan(4_000_000);
    expect(await priceSnapshot({ db }, { knownVersion: version })).toEqual({ version, lines: '' });
    await db.close();
    await test.close();
  });
});
