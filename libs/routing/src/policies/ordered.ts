import type { ModelTarget, Provider } from '@byok/providers';
import type { UsableKey } from '../plan.js';

/** A key that has a place in the order. */
export interface Ordered {
  key: UsableKey;
  provider: Provider;
  target: ModelTarget;
}

/** Negative: left first. 0: this policy has nothing to say about the two. */
export type Compare = (left: Ordered, right: Ordered) => number;

/** The first that has something to say. */
export function inTurn(...compares: readonly Compare[]): Compare {
  return (left, right) => {
    for (const compare of compares) {
      const verdict = compare(left, right);
      if (verdict !== 0) return verdict;
    }
    return 0;
  };
}

/** By a number per key, the smaller first. */
export function byNumber(numberOf: (ordered: Ordered) => number): Compare {
  return (left, right) => numberOf(left) - numberOf(right) || 0;
}
