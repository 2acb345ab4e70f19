import { matchPrice, writePriceLines, type PriceBook, type PriceVersion } from '@byok/pricing';
import { watchPrices } from './watch-prices.js';

const PRICE: PriceVersion = {
  ...{ id: 'prc_1', layer: 'imported', orgId: null, provider: 'openai', model: 'gpt-4o', match: { equals: 'gpt-4o' }, rank: 0, precedence: 0 },
  ...{ rates: { input: 5n, output: 7n }, tiers: [], requestFee: 0n, effectiveFrom: null, effectiveTo: null, dailyWindow: null, source: 'test' },
};
const log = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined };

const until = async (holds: () => boolean): Promise<void> => {
  while (!holds()) await new Promise((resolve) => setTimeout(resolve, 1));
};

describe('watchPrices', () => {
  it('asks until billing is there, keeps what it tells, and reads it anew only when it has changed', async () => {
    const asked: string[] = [];
    let isUp = false;
    const billing = {
      getPrices: async ({ knownVersion }: { knownVersion: string }) => {
        asked.push(knownVersion);
        if (!isUp) throw new Error('down');
        return { version: '7', lines: knownVersion === '7' ? '' : writePriceLines([PRICE]) };
      },
    };
    const kept: PriceBook[] = [];
    const watch = watchPrices({ billing, keep: (prices) => void kept.push(prices), log, pace: { everyMs: 2, againMs: 1 } });
    await until(() => asked.length > 2);
    expect(kept).toEqual([]);
    isUp = true;
    await until(() => asked.filter((version) => version === '7').length > 2);
    watch.close();
    expect(kept).toHaveLength(1);
    expect(matchPrice(kept[0]!, 'openai', 'gpt-4o', 0)?.rates).toEqual({ input: 5n, output: 7n });
  });

  it('asks again soon while billing has no prices yet', async () => {
    let asked = 0;
    const kept: PriceBook[] = [];
    const billing = { getPrices: async () => (++asked < 3 ? { version: '', lines: '' } : { version: '1', lines: writePriceLines([PRICE]) }) };
    const watch = watchPrices({ billing, keep: (prices) => void kept.push(prices), log, pace: { everyMs: 1_000_000, againMs: 1 } });
    await until(() => kept.length > 0);
    watch.close();
    expect(asked).toBe(3);
  });
});
