import type { UsageItemMessage, UsageReportMessage } from '@byok/contracts';
import { formatUsd } from '@byok/kernel';
import type { Sql } from '@byok/platform';
import { sumUsage, type UsageTotals } from '../store/usage-totals.store.js';
import { formatAfter, parseUsageRequest, type UsageQuestion } from './usage-request.js';

/** What was used and what it cost, by the dimensions asked for. One unknown price makes a line's cost unknown; the known part is told beside it. */
export async function getUsage(deps: { db: Sql }, message: unknown): Promise<UsageReportMessage> {
  const question = parseUsageRequest(message);
  const rows = await sumUsage(deps.db, question);
  const page = rows.slice(0, question.limit);
  const hasMore = question.groupBy.length > 0 && rows.length > page.length;
  return { items: page.map((row) => itemOf(row, question)), next: hasMore ? formatAfter(page.at(-1)!.values) : '' };
}

function itemOf(row: UsageTotals, question: UsageQuestion): UsageItemMessage {
  const [inputTokens, outputTokens, unpricedRequests] = [Number(row.input), Number(row.output), Number(row.unpriced)];
  const knownCostUsd = formatUsd(BigInt(row.known_cost));
  return {
    by: Object.fromEntries(question.groupBy.map((dimension, index) => [dimension, row.values[index]!])),
    requests: Number(row.requests),
    inputTokens,
    cachedTokens: Number(row.cached),
    outputTokens,
    reasoningTokens: Number(row.reasoning),
    totalTokens: inputTokens + outputTokens,
    costUsd: unpricedRequests > 0 ? '' : knownCostUsd,
    chargedUsd: formatUsd(BigInt(row.charged)),
    estimatedRequests: Number(row.estimated),
    unpricedRequests,
    knownCostUsd,
  };
}
