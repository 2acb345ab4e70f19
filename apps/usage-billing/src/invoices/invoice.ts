import { divideHalfEven, type NanoUsd } from '@byok/kernel';

export type InvoiceSection = 'credits' | 'usage' | 'adjustments' | 'rounding' | 'memo';

/** What stands behind a line. `exact` is what the ledger says; a charge that raises the total is positive, and so is a credit that came in. */
export interface LineFacts {
  section: InvoiceSection;
  /** Which facts: `usage`, `late`, `overrun`, `memo`, `rounding`, or `journal:<kind>:<cause>`. */
  item: string;
  label: string;
  provider: string | null;
  model: string | null;
  markupBps: number | null;
  calls: bigint;
  inputTokens: bigint;
  outputTokens: bigint;
  baseNanoUsd: NanoUsd;
  markupNanoUsd: NanoUsd;
  exactNanoUsd: NanoUsd;
  unpricedCalls: bigint;
}

export interface InvoiceLine extends LineFacts {
  line: number;
  /** In cents on a charge; exact on credits. */
  amountNanoUsd: NanoUsd;
}

export interface InvoiceTotals {
  lines: InvoiceLine[];
  /** Of all charges, exactly. */
  chargesNanoUsd: NanoUsd;
  creditsNanoUsd: NanoUsd;
  /** The charges in cents. */
  totalNanoUsd: NanoUsd;
}

/** A month of an org, as every format tells it. */
export interface Invoice extends InvoiceTotals {
  id: string | null;
  number: string | null;
  issuer: string;
  org: { id: string; name: string };
  /** YYYY-MM */
  month: string;
  openingNanoUsd: NanoUsd;
  closingNanoUsd: NanoUsd;
  /** RFC 3339; null: a draft. */
  finalisedAt: string | null;
}

const NANO_PER_CENT = 10_000_000n;
const NOTHING = { provider: null, model: null, markupBps: null, calls: 0n, inputTokens: 0n, outputTokens: 0n, baseNanoUsd: 0n, markupNanoUsd: 0n, unpricedCalls: 0n };

export const isCharge = ({ section }: { section: InvoiceSection }): boolean => section === 'usage' || section === 'adjustments';

/** The nearest cent, half to even. */
export function inCents(amount: NanoUsd): NanoUsd {
  return divideHalfEven(amount, NANO_PER_CENT) * NANO_PER_CENT;
}

/**
 * Numbers the lines and puts them in cents. The total is the exact sum in cents, once; what the rounded lines lack is a line of its
 * own, so that the lines add up to the total. It is at most half a cent for each line and half a cent for the total.
 */
export function totalsOf(facts: readonly LineFacts[]): InvoiceTotals {
  const charges = facts.filter(isCharge);
  const chargesNanoUsd = sum(charges.map((line) => line.exactNanoUsd));
  const totalNanoUsd = inCents(chargesNanoUsd);
  const rounding = totalNanoUsd - sum(charges.map((line) => inCents(line.exactNanoUsd)));
  const ordered: (LineFacts & { amountNanoUsd?: NanoUsd })[] = [
    ...facts.filter(({ section }) => section === 'credits'),
    ...facts.filter(({ section }) => section === 'usage'),
    ...facts.filter(({ section }) => section === 'adjustments'),
    { ...NOTHING, section: 'rounding', item: 'rounding', label: 'Rounding to cents', exactNanoUsd: totalNanoUsd - chargesNanoUsd, amountNanoUsd: rounding },
    ...facts.filter(({ section }) => section === 'memo'),
  ];
  const lines = ordered.map((line, index) => ({ ...line, line: index + 1, amountNanoUsd: line.amountNanoUsd ?? (isCharge(line) ? inCents(line.exactNanoUsd) : line.exactNanoUsd) }));
  return { lines, chargesNanoUsd, creditsNanoUsd: sum(facts.filter(({ section }) => section === 'credits').map((line) => line.exactNanoUsd)), totalNanoUsd };
}

export function sum(amounts: readonly bigint[]): bigint {
  return amounts.reduce((total, amount) => total + amount, 0n);
}
