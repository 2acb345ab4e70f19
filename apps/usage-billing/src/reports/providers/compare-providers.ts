import { MAX_LATENCY_DAYS, ProvidersQuery, type ProviderComparison } from '@byok/contracts';
import { divideHalfEven, ERRORS, formatUsd, isErrorCode } from '@byok/kernel';
import { compareInEvents, type ProviderRow } from '../../store/providers.store.js';
import { parse } from '../../wire/parse.js';
import type { ReportDeps } from '../get-report.js';
import { periodOf, type ReportAsk } from '../report-request.js';
import { invalid } from '../usage-request.js';

const DAY_MS = 86_400_000;
const Question = ProvidersQuery.pick({ by: true, model: true });

/** How providers, or their models, compare: how often they answered, how fast, for how much. */
export async function compareProviders(deps: ReportDeps, ask: ReportAsk): Promise<ProviderComparison> {
  const period = periodOf(ask);
  if (Date.parse(period.to) - Date.parse(period.from) > MAX_LATENCY_DAYS * DAY_MS) throw invalid(['from', 'to']);
  const { by, model } = parse(Question, ask.question);
  const filters = model === undefined ? ask.filters : [...ask.filters, ['model', model] as const];
  const rows = await compareInEvents(deps.db, { orgId: ask.orgId, ...period, filters }, by === 'model');
  return { ...period, items: rows.map(itemOf) };
}

function itemOf(row: ProviderRow): ProviderComparison['items'][number] {
  const [answered, failed, pricedTokens] = [Number(row.answered), failuresOf(row), BigInt(row.priced_tokens)];
  const tried = answered + failed;
  return {
    ...{ provider: row.provider, model: row.model, attempts: Number(row.attempts), answered, failed },
    successPercent: tried > 0 ? ((100 * answered) / tried).toFixed(1) : null,
    firstByteMs: percentilesOf(row.first_byte),
    totalMs: percentilesOf(row.total),
    totalTokens: Number(row.tokens),
    knownCostUsd: formatUsd(BigInt(row.known_cost)),
    costPer1kTokensUsd: pricedTokens > 0n ? formatUsd(divideHalfEven(BigInt(row.known_cost) * 1_000n, pricedTokens)) : null,
  };
}

/** What the caller got wrong does not speak against a provider; what nobody can explain does. */
function failuresOf(row: ProviderRow): number {
  const isCallers = (code: string): boolean => isErrorCode(code) && ['client', 'policy'].includes(ERRORS[code].blame);
  return Object.entries(row.failures).reduce((sum, [code, count]) => (isCallers(code) ? sum : sum + count), 0);
}

function percentilesOf(values: readonly [number, number] | null): { p50: number; p95: number } | null {
  return values && { p50: Math.round(values[0]), p95: Math.round(values[1]) };
}
