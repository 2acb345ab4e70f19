import type { Sql } from '@byok/platform';
import { sumCharges, sumOverrun, sumOwnUsage, sumWalletMoves, type ChargeSum, type OwnUsage, type WalletMove } from '../store/invoice-facts.store.js';
import type { JournalSet } from '../store/journal-sets.store.js';
import type { LineFacts } from './invoice.js';
import type { Month } from './month.js';

const NOTHING = { provider: null, model: null, markupBps: null, calls: 0n, inputTokens: 0n, outputTokens: 0n, baseNanoUsd: 0n, markupNanoUsd: 0n, unpricedCalls: 0n };

/** How journals that are not usage are called, and whether they are money that came in or left, or a change of what was charged. */
const MOVES: Readonly<Record<string, readonly [section: 'credits' | 'adjustments', label: string]>> = {
  'top_up:': ['credits', 'Top-ups'],
  'grant:': ['credits', 'Credits granted'],
  'expiry:': ['credits', 'Credits expired'],
  'adjustment:credit_note': ['credits', 'Credit notes'],
  'refund:': ['adjustments', 'Refunds of usage'],
  'adjustment:rerating': ['adjustments', 'Usage charged anew by changed prices'],
  'adjustment:reconciliation': ['adjustments', 'Adjustments after reconciliation with a provider'],
  'adjustment:': ['adjustments', 'Adjustments'],
};

/** Journals that are money which came in or left. */
export const CREDIT_MOVES: ReadonlySet<string> = new Set(Object.keys(MOVES).filter((name) => MOVES[name]![0] === 'credits'));

/** What happened in a month, line by line, out of charges and postings; and what ran on keys of the org's own. */
export async function gatherLines(db: Sql, orgId: string, set: JournalSet, month: Month): Promise<LineFacts[]> {
  const moves = await sumWalletMoves(db, set);
  const charges = await sumCharges(db, set, month.start);
  const overrun = await sumOverrun(db, set);
  const own = await sumOwnUsage(db, orgId, month.start, month.end);
  const overrunLine = { ...NOTHING, section: 'adjustments', item: 'overrun', label: 'Not charged: the credits were used up', calls: BigInt(overrun.calls), exactNanoUsd: -BigInt(overrun.overrun) } as const;
  return [...moves.map(moveLine), ...charges.map(chargeLine), ...(overrunLine.calls > 0n ? [overrunLine] : []), ...own.map(ownLine)];
}

function moveLine({ kind, cause, journals, amount }: WalletMove): LineFacts {
  const [section, label] = MOVES[`${kind}:${cause}`] ?? ['adjustments', cause ? `${kind}: ${cause}` : kind];
  // What comes into the wallet is a credit, or takes a charge back.
  const exactNanoUsd = section === 'credits' ? BigInt(amount) : -BigInt(amount);
  return { ...NOTHING, section, item: `journal:${kind}:${cause}`, label, calls: BigInt(journals), exactNanoUsd };
}

function chargeLine(row: ChargeSum): LineFacts {
  const { provider, model, markupBps } = row;
  const [baseNanoUsd, markupNanoUsd] = [BigInt(row.base), BigInt(row.markup)];
  return {
    ...(row.isLate ? { section: 'adjustments', item: 'late', label: `${provider} ${model}, calls of earlier months that arrived late` } : { section: 'usage', item: 'usage', label: `${provider} ${model}` }),
    ...{ provider, model, markupBps, calls: BigInt(row.calls), inputTokens: BigInt(row.input), outputTokens: BigInt(row.output) },
    ...{ baseNanoUsd, markupNanoUsd, exactNanoUsd: baseNanoUsd + markupNanoUsd, unpricedCalls: 0n },
  };
}

function ownLine(row: OwnUsage): LineFacts {
  const { provider, model } = row;
  return {
    ...{ section: 'memo', item: 'memo', label: `${provider} ${model}`, provider, model, markupBps: 0 },
    ...{ calls: BigInt(row.calls), inputTokens: BigInt(row.input), outputTokens: BigInt(row.output), unpricedCalls: BigInt(row.unpriced) },
    ...{ baseNanoUsd: BigInt(row.cost), markupNanoUsd: 0n, exactNanoUsd: 0n },
  };
}
