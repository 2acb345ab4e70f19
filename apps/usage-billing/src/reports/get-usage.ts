import type { PercentilesMessage, UsageItemMessage, UsageReportMessage } from '@byok/contracts';
import { formatUsd } from '@byok/kernel';
import type { Sql } from '@byok/platform';
import { readLatency, type LatencyRow } from '../store/latency.store.js';
import { sumUsage, type UsageTotals } from '../store/usage-totals.store.js';
import { formatAfter, parseUsageRequest, type UsageQuestion } from './usage-request.js';

/** What was used and what it cost, by the dimensions asked for. One unknown price makes a line's cost unknown; the known part is told beside it. */
export async function getUsage(deps: { db: Sql }, message: unknown): Promise<UsageReportMessage> {
  const question = parseUsageRequest(message);
  const { rows, source } = await sumUsage(deps.db, question);
  const latency = new Map((question.latency ? await readLatency(deps.db, question) : []).map((row) => [JSON.stringify(row.values), row]));
  const page = rows.slice(0, question.groupBy.length > 0 ? question.limit : 1);
  const hasMore = question.groupBy.length > 0 && rows.length > page.length;
  const items = page.map((row) => itemOf(row, question, latency.get(JSON.stringify(row.values))));
  return { items, next: hasMore ? formatAfter(page.at(-1)!.values) : '', source };
}

function itemOf(row: UsageTotals, question: UsageQuestion, latency: LatencyRow | undefined): UsageItemMessage {
  const [inputTokens, outputTokens, unpricedRequests] = [Number(row.input_tokens), Number(row.output_tokens), Number(row.unpriced)];
  const knownCostUsd = formatUsd(BigInt(row.known_cost_nano_usd));
  return {
    by: Object.fromEntries(question.groupBy.map((dimension, index) => [dimension, row.values[index]!])),
    requests: Number(row.requests),
    attempts: Number(row.attempts),
    okAttempts: Number(row.ok_attempts),
    inputTokens,
    cachedTokens: Number(row.cached_tokens),
    outputTokens,
    reasoningTokens: Number(row.reasoning_tokens),
    totalTokens: inputTokens + outputTokens,
    costUsd: unpricedRequests > 0 ? '' : knownCostUsd,
    chargedUsd: formatUsd(BigInt(row.charged_nano_usd)),
    estimatedRequests: Number(row.estimated),
    unpricedRequests,
    knownCostUsd,
    firstByteMs: percentilesOf(latency?.first_byte),
    totalMs: percentilesOf(latency?.total),
  };
}

function percentilesOf(values: readonly [number, number] | null | undefined): PercentilesMessage | null {
  return values ? { p50: Math.round(values[0]), p95: Math.round(values[1]) } : null;
}
