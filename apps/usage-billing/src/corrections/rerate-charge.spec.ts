import fc from 'fast-check';
import { drawnBy } from '@byok/ledger';
import { rerateCharge } from './rerate-charge.js';

const amount = fc.bigInt({ min: 0n, max: 10n ** 12n });

describe('rerateCharge', () => {
  it('draws the difference, with the markup of the time', () => {
    const standing = { baseNanoUsd: 1_000n, markupNanoUsd: 150n, overrunNanoUsd: 0n };
    expect(rerateCharge(standing, 1500, 2_000n, 10_000n)).toEqual({ baseNanoUsd: 1_000n, markupNanoUsd: 150n, overrunNanoUsd: 0n });
    expect(rerateCharge(standing, 1500, 400n, 0n)).toEqual({ baseNanoUsd: -600n, markupNanoUsd: -90n, overrunNanoUsd: 0n });
    expect(rerateCharge(standing, 1500, 1_000n, 0n)).toEqual({ baseNanoUsd: 0n, markupNanoUsd: 0n, overrunNanoUsd: 0n });
  });

  it('lessens what we bore before it gives anything back', () => {
    expect(rerateCharge({ baseNanoUsd: 1_000n, markupNanoUsd: 0n, overrunNanoUsd: 400n }, 0, 700n, 0n)).toEqual({ baseNanoUsd: -300n, markupNanoUsd: 0n, overrunNanoUsd: -300n });
    expect(rerateCharge({ baseNanoUsd: 1_000n, markupNanoUsd: 0n, overrunNanoUsd: 400n }, 0, 500n, 0n)).toEqual({ baseNanoUsd: -500n, markupNanoUsd: 0n, overrunNanoUsd: -400n });
  });

  it('never draws more than there is, never bears less than nothing and never takes a cheaper price for a dearer one', () => {
    fc.assert(
      fc.property(amount, amount, fc.nat(10_000), amount, amount, (base, share, bps, right, available) => {
        const markup = (base * BigInt(bps)) / 10_000n;
        const standing = { baseNanoUsd: base, markupNanoUsd: markup, overrunNanoUsd: share % (base + markup + 1n) };
        const delta = rerateCharge(standing, bps, right, available);
        expect(drawnBy(delta) <= available).toBe(true);
        expect(standing.overrunNanoUsd + delta.overrunNanoUsd >= 0n).toBe(true);
        expect(drawnBy(standing) + drawnBy(delta) >= 0n).toBe(true);
        if (right <= base && delta.markupNanoUsd <= 0n) expect(drawnBy(delta) <= 0n).toBe(true);
      }),
    );
  });
});
