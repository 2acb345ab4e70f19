import fc from 'fast-check';
import { burnLots, byBurnOrder, returnToLots, type Lot } from './lots.js';

const lots = fc.uniqueArray(
  fc.record({
    id: fc.integer({ min: 0, max: 99 }).map((number) => `lot_${String(number).padStart(2, '0')}`),
    priority: fc.integer({ min: 1, max: 3 }),
    expiresAt: fc.option(fc.integer({ min: 1, max: 3 })),
    remainingNanoUsd: fc.bigInt({ min: 1n, max: 1000n }),
  }),
  { selector: (lot) => lot.id, maxLength: 8 },
);
const sumOf = (parts: readonly { amountNanoUsd: bigint }[]) => parts.reduce((sum, part) => sum + part.amountNanoUsd, 0n);

describe('burnLots', () => {
  it('burns by priority, then expiry, then age', () => {
    const lot = (id: string, priority: number, expiresAt: number | null): Lot => ({ id, priority, expiresAt, remainingNanoUsd: 1n });
    const shuffled = [lot('e', 2, null), lot('d', 2, 5), lot('c', 1, null), lot('b', 1, 9), lot('a2', 1, 7), lot('a1', 1, 7)];
    expect(shuffled.sort(byBurnOrder).map(({ id }) => id)).toEqual(['a1', 'a2', 'b', 'c', 'd', 'e']);
    expect(burnLots(shuffled).take(3n).map(({ lotId }) => lotId)).toEqual(['a1', 'a2', 'b']);
  });

  it('takes exactly what is asked, never more from a lot than it has, and a later lot only when the earlier ones are empty', () => {
    fc.assert(
      fc.property(lots, fc.array(fc.bigInt({ min: 0n, max: 500n })), (held, takes) => {
        const burner = burnLots(held);
        const left = new Map(held.map((lot) => [lot.id, lot.remainingNanoUsd]));
        let room = held.reduce((sum, lot) => sum + lot.remainingNanoUsd, 0n);
        for (const amount of takes.filter((each) => each <= room && ((room -= each), true))) {
          const uses = burner.take(amount);
          expect(sumOf(uses)).toBe(amount);
          for (const use of uses) left.set(use.lotId, left.get(use.lotId)! - use.amountNanoUsd);
        }
        expect(burner.changed()).toEqual([...held].sort(byBurnOrder).filter((lot) => left.get(lot.id) !== lot.remainingNanoUsd).map((lot) => ({ lotId: lot.id, remainingNanoUsd: left.get(lot.id) })));
        const inOrder = [...held].sort(byBurnOrder);
        const firstFull = inOrder.findIndex((lot) => left.get(lot.id)! > 0n);
        if (firstFull >= 0) for (const lot of inOrder.slice(firstFull + 1)) expect(left.get(lot.id)).toBe(lot.remainingNanoUsd);
      }),
    );
  });

  it('does not take what the lots do not have', () => {
    expect(() => burnLots([]).take(1n)).toThrow(RangeError);
  });
});

describe('returnToLots', () => {
  it('gives back to the lots it came from, the last one burnt first, and never more than came out', () => {
    fc.assert(
      fc.property(lots, fc.bigInt({ min: 0n, max: 3000n }), fc.bigInt({ min: 0n, max: 3000n }), (held, wanted, back) => {
        const room = held.reduce((sum, lot) => sum + lot.remainingNanoUsd, 0n);
        const uses = burnLots(held).take(wanted < room ? wanted : room);
        if (back > sumOf(uses)) return void expect(() => returnToLots(uses, back)).toThrow(RangeError);
        const returns = returnToLots(uses, back);
        expect(sumOf(returns)).toBe(back);
        expect(returns.every(({ lotId, amountNanoUsd }) => amountNanoUsd <= uses.find((use) => use.lotId === lotId)!.amountNanoUsd)).toBe(true);
      }),
    );
  });
});
