import { divideHalfEven, formatUsd, parseUsd, picoToNano } from './index.js';

describe('money', () => {
  it('rounds half to even, so that many roundings do not drift', () => {
    expect([5n, 15n, 25n, -5n, -15n, 14n, 16n].map((value) => divideHalfEven(value, 10n))).toEqual([0n, 2n, 2n, 0n, -2n, 1n, 2n]);
    expect(picoToNano(2_500n)).toBe(2n);
  });

  it('prints decimal USD and reads back exactly what it printed', () => {
    expect([0n, 1n, 1_500_000n, 1_000_000_000n, -12_345_678_901n].map(formatUsd)).toEqual(['0.00', '0.000000001', '0.0015', '1.00', '-12.345678901']);
    for (const amount of [0n, 1n, 10n, 999_999_999n, 1_000_000_000n, -7n, 123_456_789_012_345n]) expect(parseUsd(formatUsd(amount))).toBe(amount);
  });

  it.each(['', '1e3', '1.0000000001', '--1', '1,5', ' 1', 'NaN'])('refuses %j as money', (text) => {
    expect(() => parseUsd(text)).toThrow(RangeError);
  });
});
