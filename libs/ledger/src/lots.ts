import type { NanoUsd } from '@byok/kernel';

/** Credits as they came in, as far as burning them needs to know. */
export interface Lot {
  id: string;
  /** The lowest is burnt first. */
  priority: number;
  /** Milliseconds since 1970; null: never. */
  expiresAt: number | null;
  remainingNanoUsd: NanoUsd;
}

export interface LotUse {
  lotId: string;
  amountNanoUsd: NanoUsd;
}

/** Given before paid, unless somebody says otherwise. */
export const LOT_PRIORITY = { promo: 10, paid: 50 } as const;

/** The order in which lots are burnt: priority, then whichever expires first, then the oldest (ids are in order of time). */
export function byBurnOrder(one: Lot, other: Lot): number {
  if (one.priority !== other.priority) return one.priority - other.priority;
  const [first, second] = [one.expiresAt ?? Infinity, other.expiresAt ?? Infinity];
  if (first !== second) return first < second ? -1 : 1;
  return one.id < other.id ? -1 : one.id > other.id ? 1 : 0;
}

/** Lots of a wallet from which charges are taken, one after the other. */
export interface LotBurner {
  /** @throws RangeError when the lots hold less: a wallet would then have money that never came in */
  take(amount: NanoUsd): LotUse[];
  /** What is left in the lots that were touched. */
  changed(): { lotId: string; remainingNanoUsd: NanoUsd }[];
}

export function burnLots(lots: readonly Lot[]): LotBurner {
  const queue = [...lots].sort(byBurnOrder).map((lot) => ({ lotId: lot.id, remainingNanoUsd: lot.remainingNanoUsd }));
  let next = 0;
  return {
    take: (amount) => {
      const uses: LotUse[] = [];
      for (let missing = amount; missing > 0n; ) {
        const lot = queue[next];
        if (!lot) throw new RangeError('The lots hold less than their wallet.');
        const used = lot.remainingNanoUsd < missing ? lot.remainingNanoUsd : missing;
        if (used > 0n) uses.push({ lotId: lot.lotId, amountNanoUsd: used });
        lot.remainingNanoUsd -= used;
        missing -= used;
        if (lot.remainingNanoUsd === 0n) next++;
      }
      return uses;
    },
    changed: () => queue.filter((lot, index) => index <= next && lot.remainingNanoUsd !== lots.find(({ id }) => id === lot.lotId)!.remainingNanoUsd),
  };
}

/** Where `amount` of what was drawn goes back to: the lots it came from, the last one burnt first. */
export function returnToLots(uses: readonly LotUse[], amount: NanoUsd): LotUse[] {
  const returns: LotUse[] = [];
  let missing = amount;
  for (const { lotId, amountNanoUsd } of uses.toReversed()) {
    const back = amountNanoUsd < missing ? amountNanoUsd : missing;
    if (back > 0n) returns.push({ lotId, amountNanoUsd: back });
    missing -= back;
  }
  if (missing > 0n) throw new RangeError('More would go back than came out of these lots.');
  return returns;
}
