import type { NanoUsd } from '@byok/kernel';
import type { AccountKind } from './accounts.js';

/** One line of a journal: + is credit, - is debit. */
export interface Line {
  account: AccountKind;
  amountNanoUsd: NanoUsd;
}

/** Lines of a journal, none of them zero. @throws RangeError when they do not sum to zero: money would come from nowhere */
export function balanced(...lines: readonly Line[]): Line[] {
  const total = lines.reduce((sum, line) => sum + line.amountNanoUsd, 0n);
  if (total !== 0n) throw new RangeError('The lines of a journal must sum to zero.');
  return lines.filter((line) => line.amountNanoUsd !== 0n);
}

export function line(account: AccountKind, amountNanoUsd: NanoUsd): Line {
  return { account, amountNanoUsd };
}

/** Every line turned round: what takes a journal back. */
export function reversed(lines: readonly Line[]): Line[] {
  return lines.map(({ account, amountNanoUsd }) => line(account, -amountNanoUsd));
}
