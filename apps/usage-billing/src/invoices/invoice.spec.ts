import fc from 'fast-check';
import { inCents, isCharge, sum, totalsOf } from './invoice.js';
import { aLine } from './invoice.builder.js';

const CENT = 10_000_000n;
const amount = fc.bigInt({ min: -(10n ** 15n), max: 10n ** 15n });
const section = fc.constantFrom('usage' as const, 'adjustments' as const, 'credits' as const, 'memo' as const);
const facts = fc.array(fc.record({ section, exactNanoUsd: amount }), { maxLength: 60 }).map((lines) => lines.map(aLine));

describe('totalsOf', () => {
  it('adds the rounded lines and the rounding line up to the total, whatever the lines', () => {
    fc.assert(
      fc.property(facts, (lines) => {
        const { lines: numbered, totalNanoUsd, chargesNanoUsd } = totalsOf(lines);
        const onInvoice = numbered.filter((line) => isCharge(line) || line.section === 'rounding');
        expect(sum(onInvoice.map((line) => line.amountNanoUsd))).toBe(totalNanoUsd);
        expect(onInvoice.every((line) => line.amountNanoUsd % CENT === 0n)).toBe(true);
        expect(sum(onInvoice.map((line) => line.exactNanoUsd))).toBe(totalNanoUsd);
        expect(totalNanoUsd).toBe(inCents(chargesNanoUsd));
        expect(numbered.map((line) => line.line)).toEqual(numbered.map((_, index) => index + 1));
      }),
    );
  });

  it('G24 rounds once: a million tiny events differ by half a cent for each line and half a cent at most, not for each event', () => {
    const perEvent = 1_234n;
    const lines = Array.from({ length: 10 }, () => aLine({ exactNanoUsd: perEvent * 100_000n }));
    const { lines: numbered, totalNanoUsd, chargesNanoUsd } = totalsOf(lines);
    expect(chargesNanoUsd).toBe(perEvent * 1_000_000n);
    const rounding = numbered.find((line) => line.section === 'rounding')!.amountNanoUsd;
    const bound = ((BigInt(lines.length) + 1n) * CENT) / 2n;
    expect(rounding <= bound && rounding >= -bound).toBe(true);
    expect(totalNanoUsd - chargesNanoUsd <= CENT / 2n && chargesNanoUsd - totalNanoUsd <= CENT / 2n).toBe(true);
  });

  it('keeps the rounding line within half a cent for each line, whatever the lines', () => {
    fc.assert(
      fc.property(facts, (lines) => {
        const { lines: numbered } = totalsOf(lines);
        const rounding = numbered.find((line) => line.section === 'rounding')!.amountNanoUsd;
        const bound = ((BigInt(lines.filter(isCharge).length) + 1n) * CENT) / 2n;
        expect(rounding <= bound && rounding >= -bound).toBe(true);
      }),
    );
  });

  it('leaves credits exact and usage on own keys out of the total', () => {
    const { totalNanoUsd, creditsNanoUsd, lines } = totalsOf([aLine({ section: 'credits', exactNanoUsd: 1n }), aLine({ section: 'memo', baseNanoUsd: 5n * CENT }), aLine({ exactNanoUsd: CENT })]);
    expect([totalNanoUsd, creditsNanoUsd]).toEqual([CENT, 1n]);
    expect(lines.map((line) => line.section)).toEqual(['credits', 'usage', 'rounding', 'memo']);
  });
});
