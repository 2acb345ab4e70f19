import { rateFromUsdPerMillion } from './rate-from-usd.js';

describe('rateFromUsdPerMillion', () => {
  it('reads a decimal price exactly', () => {
    expect(rateFromUsdPerMillion('2.5')).toEqual({ picoUsd: 2_500_000n, isRounded: false });
    expect(rateFromUsdPerMillion('0.000001')).toEqual({ picoUsd: 1n, isRounded: false });
    expect(rateFromUsdPerMillion('1e-7')).toEqual({ picoUsd: 0n, isRounded: true });
    expect(rateFromUsdPerMillion('1.5e3')).toEqual({ picoUsd: 1_500_000_000n, isRounded: false });
  });

  it('rounds what is finer than a pico-USD half to even, and says so', () => {
    expect(rateFromUsdPerMillion('0.08333333333333334')).toEqual({ picoUsd: 83_333n, isRounded: true });
    expect(rateFromUsdPerMillion('0.18000000000000002')).toEqual({ picoUsd: 180_000n, isRounded: true });
    expect(rateFromUsdPerMillion('0.0000025')).toEqual({ picoUsd: 2n, isRounded: true });
    expect(rateFromUsdPerMillion('0.0000035')).toEqual({ picoUsd: 4n, isRounded: true });
  });

  it.each(['', '-1', 'NaN', 'Infinity', '1,5', '0x10', ' 1'])('refuses %j', (text) => {
    expect(() => rateFromUsdPerMillion(text)).toThrow(RangeError);
  });
});
