import type { UsageExportQuery, UsageItem } from '@byok/contracts';
import type { Principal } from '@byok/identity';
import { AppError, toCsv } from '@byok/kernel';
import { reportUsage, type UsageDeps } from './report-usage.js';

const PAGE = 1_000;
const MAX_LINES = 50_000;

const COUNTS = ['requests', 'attempts', 'okAttempts', 'inputTokens', 'cachedTokens', 'outputTokens', 'reasoningTokens', 'totalTokens', 'costUsd', 'knownCostUsd', 'chargedUsd', 'estimatedRequests', 'unpricedRequests'] as const;

/** Every line of the report as a CSV file. A cost that is not known is an empty cell, never 0. */
export async function exportUsage(deps: UsageDeps, principal: Principal, query: UsageExportQuery): Promise<string> {
  const items: UsageItem[] = [];
  let groupBy: string[];
  let after: string | undefined;
  do {
    const page = await reportUsage(deps, principal, { ...query, ...(after === undefined ? {} : { after }), limit: PAGE });
    items.push(...page.items);
    groupBy = page.groupBy;
    after = page.next ?? undefined;
    if (items.length > MAX_LINES) throw new AppError('invalid_request', `A file holds at most ${MAX_LINES} lines. Ask for a shorter period or fewer dimensions.`, { details: { field: 'groupBy' } });
  } while (after !== undefined);
  return toCsv([[...groupBy, ...COUNTS], ...items.map((item) => [...groupBy.map((dimension) => valueOf(item, dimension)), ...COUNTS.map((name) => item[name])])]);
}

function valueOf(item: UsageItem, dimension: string): string | null {
  if (dimension.startsWith('tag:')) return item.tags?.[dimension.slice('tag:'.length)] ?? null;
  return (item as unknown as Record<string, string | null>)[dimension] ?? null;
}
