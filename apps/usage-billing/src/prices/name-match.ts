import type { MatchClause } from '@byok/pricing';

const LONGEST_NAME = 256;

/** A name as people write it: with a `*` at its end it stands for every name that begins so. */
export function matchOfName(name: string): MatchClause {
  return name.endsWith('*') ? { startsWith: name.slice(0, -1) } : { equals: name };
}

/** A whole name goes before a beginning, a longer beginning before a shorter one. */
export function rankOfName(name: string): number {
  return name.endsWith('*') ? LONGEST_NAME + 1 - name.length : 0;
}
