import { readPriceLines, writePriceLines } from './price-lines.js';
import { aPrice } from './price.builder.js';

describe('price lines', () => {
  it('bring every price over as it was, the rates exact', () => {
    const prices = [aPrice({ rates: { input: 9_007_199_254_740_993n, output: 10n } }), aPrice({ tiers: [{ aboveInputTokens: 200_000, rates: { input: 4n } }], requestFee: 7n, dailyWindow: { from: 1, to: 2 } })];
    expect(readPriceLines(writePriceLines(prices))).toEqual(prices);
    expect(readPriceLines(writePriceLines([]))).toEqual([]);
  });
});
