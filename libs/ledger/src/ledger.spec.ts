import fc from 'fast-check';
import { chargeFor, drawnBy, NO_CHARGE, partOfCharge, sumOfCharges, type Charge } from './charge.js';
import { adjustmentLines, expiryLines, grantLines, providerCostLines, refundLines, topUpLines, usageLines } from './journals.js';
import { balanced, line, reversed, type Line } from './lines.js';
import { MARKUP_BPS, markupOf, withMarkup } from './markup.js';

const USD = 1_000_000_000n;
const amounts = fc.bigInt({ min: 1n, max: 10n ** 18n });
const charges = fc.tuple(fc.bigInt({ min: 0n, max: 10n ** 15n }), fc.constantFrom(...Object.values(MARKUP_BPS)), fc.bigInt({ min: 0n, max: 10n ** 15n })).map(([base, bps, available]) => chargeFor(base, bps, available));
const sum = (lines: readonly Line[]) => lines.reduce((total, each) => total + each.amountNanoUsd, 0n);
const on = (account: Line['account'], lines: readonly Line[]) => sum(lines.filter((each) => each.account === account));

describe('journals', () => {
  it.each([
    ['topUpLines', topUpLines],
    ['grantLines', grantLines],
    ['expiryLines', expiryLines],
    ['providerCostLines', providerCostLines],
  ] as const)('%s sums to zero and has no empty line, whatever the amount', (_, template) => {
    fc.assert(
      fc.property(amounts, (amount) => {
        const lines = template(amount);
        expect(sum(lines)).toBe(0n);
        expect(lines.every((each) => each.amountNanoUsd !== 0n)).toBe(true);
      }),
    );
  });

  it('usage sums to zero, and what a refund or an adjustment takes back leaves nothing', () => {
    fc.assert(
      fc.property(charges, (charge) => {
        const lines = usageLines(charge);
        expect(sum(lines)).toBe(0n);
        expect(on('wallet', lines)).toBe(-drawnBy(charge));
        const both = [...lines, ...refundLines(charge)];
        for (const { account } of both) expect(on(account, both)).toBe(0n);
        expect(adjustmentLines(charge)).toEqual(lines);
      }),
    );
  });

  it('refuses lines that do not sum to zero', () => {
    expect(() => balanced(line('wallet', 1n), line('cash_clearing', -2n))).toThrow(RangeError);
    expect(reversed([line('wallet', 1n)])).toEqual([line('wallet', -1n)]);
  });

  it('posts what was measured: an actual of $0.345 on room for $0.10', () => {
    expect(usageLines(chargeFor((345n * USD) / 1000n, 0, USD / 10n))).toEqual([line('wallet', -USD / 10n), line('usage_passthrough', (345n * USD) / 1000n), line('overrun_loss', (-245n * USD) / 1000n)]);
  });
});

describe('markup', () => {
  it('makes $3,000 of tokens cost what the tiers promise', () => {
    const total = (tier: keyof typeof MARKUP_BPS) => withMarkup(3000n * USD, MARKUP_BPS[tier]) / USD;
    expect([total('trial'), total('starter'), total('professional'), total('enterprise')]).toEqual([3450n, 3300n, 3150n, 3000n]);
  });

  it('G24 rounds half to even: at most half a nano-USD per call, and no drift over a million tiny ones', () => {
    expect([10n, 30n, 50n, 70n].map((base) => markupOf(base, 500))).toEqual([0n, 2n, 2n, 4n]);
    let rounded = 0n;
    let exact = 0n;
    for (let base = 1n; base <= 1_000_000n; base++) {
      rounded += markupOf(base % 997n, 1500);
      exact += (base % 997n) * 1500n;
    }
    const drift = rounded * 10_000n - exact;
    // In ten-thousandths of a nano-USD. The documented bound is half a nano-USD each; half-even keeps the sum within a hundredth of it.
    expect(drift < 0n ? -drift : drift).toBeLessThan((1_000_000n * 5_000n) / 100n);
  });
});

describe('charge', () => {
  it('never draws more than there is, and loses nothing: what is due is drawn or overrun', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 0n, max: 10n ** 15n }), fc.constantFrom(0, 500, 1000, 1500), fc.bigInt({ min: -(10n ** 12n), max: 10n ** 15n }), (base, bps, available) => {
        const charge = chargeFor(base, bps, available);
        expect(drawnBy(charge) >= 0n && drawnBy(charge) <= (available > 0n ? available : 0n)).toBe(true);
        expect(drawnBy(charge) + charge.overrunNanoUsd).toBe(withMarkup(base, bps));
      }),
    );
  });

  it('goes back in any pieces as exactly its reversal, every piece balanced', () => {
    fc.assert(
      fc.property(charges, fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 6 }), (charge, cuts) => {
        const drawn = drawnBy(charge);
        fc.pre(drawn > 0n);
        const points = [...cuts.map((cut) => (drawn * BigInt(Math.floor(cut * 1e6))) / 1_000_000n), drawn].sort((one, other) => (one < other ? -1 : 1));
        let before = 0n;
        const parts: Charge[] = [];
        for (const point of points) {
          if (point === before) continue;
          const part = partOfCharge(charge, before, point - before);
          expect(drawnBy(part)).toBe(point - before);
          expect(sum(refundLines(part))).toBe(0n);
          parts.push(part);
          before = point;
        }
        expect(sumOfCharges(parts)).toEqual(charge);
      }),
    );
  });

  it('does not give back more than was drawn, nor nothing', () => {
    const charge = chargeFor(100n, 1000, 50n);
    expect(() => partOfCharge(charge, 0n, 51n)).toThrow(RangeError);
    expect(() => partOfCharge(charge, 50n, 1n)).toThrow(RangeError);
    expect(() => partOfCharge(charge, 0n, 0n)).toThrow(RangeError);
    expect(() => partOfCharge(NO_CHARGE, 0n, 1n)).toThrow(RangeError);
  });
});
