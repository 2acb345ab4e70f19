import type { NanoUsd } from '@byok/kernel';
import { drawnBy, markupOf, type Charge } from '@byok/ledger';

/**
 * By how much a charge is more or less at another base price, its markup unchanged. What is cheaper first lessens what we bore, then
 * goes back; what is dearer is drawn as far as there is money, and the rest is ours to bear, as it was the first time.
 */
export function rerateCharge(standing: Charge, markupBps: number, rightBase: NanoUsd, availableNanoUsd: NanoUsd): Charge {
  const markupNanoUsd = markupOf(rightBase, markupBps);
  const due = rightBase + markupNanoUsd;
  const drawn = drawnBy(standing);
  const available = availableNanoUsd < 0n ? 0n : availableNanoUsd;
  const limit = due > standing.baseNanoUsd + standing.markupNanoUsd ? drawn + smaller(available, due - standing.baseNanoUsd - standing.markupNanoUsd) : drawn;
  const overrunNanoUsd = due - smaller(due, limit);
  return {
    baseNanoUsd: rightBase - standing.baseNanoUsd,
    markupNanoUsd: markupNanoUsd - standing.markupNanoUsd,
    overrunNanoUsd: overrunNanoUsd - standing.overrunNanoUsd,
  };
}

function smaller(one: bigint, other: bigint): bigint {
  return one < other ? one : other;
}
