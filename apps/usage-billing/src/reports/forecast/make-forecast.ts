import { ForecastQuery, type Forecast } from '@byok/contracts';
import { formatUsd, type NanoUsd } from '@byok/kernel';
import { sumUsage } from '../../store/usage-totals.store.js';
import { parse } from '../../wire/parse.js';
import type { ReportDeps } from '../get-report.js';
import type { ReportAsk } from '../report-request.js';
import { forecastSeries, type Estimate } from './forecast-series.js';

const DAY_MS = 86_400_000;
const HISTORY_DAYS = 90;

const Question = ForecastQuery.pick({ of: true, days: true });

/** What the days to come will cost, today whole, from the days before it; days are UTC. */
export async function makeForecast(deps: ReportDeps, ask: ReportAsk): Promise<Forecast> {
  const { of, days: asked } = parse(Question, ask.question);
  const today = Math.floor(deps.clock.now() / DAY_MS) * DAY_MS;
  const [monthStart, monthEnd] = [0, 1].map((ahead) => Date.UTC(new Date(today).getUTCFullYear(), new Date(today).getUTCMonth() + ahead, 1)) as [number, number];
  const days = asked ?? (monthEnd - today) / DAY_MS;
  const spent = await spentByDay(deps, ask, of, Math.min(today - HISTORY_DAYS * DAY_MS, monthStart), today);
  const history = fromFirstSpending(daysFrom(today - HISTORY_DAYS * DAY_MS, HISTORY_DAYS).map((day) => spent.get(day) ?? 0n));
  const forecast = forecastSeries(history.map(toNumber), days);
  const soFar = daysFrom(monthStart, (today - monthStart) / DAY_MS).reduce((sum, day) => sum + (spent.get(day) ?? 0n), 0n);
  return {
    of,
    method: forecast.method,
    historyDays: history.length,
    backtest: forecast.backtest.map(({ method, error }) => ({ method, errorPercent: (100 * error).toFixed(1) })),
    days: forecast.days.map((estimate, index) => ({ day: daysFrom(today, days)[index]!, ...inUsd(estimate, 0n) })),
    total: inUsd(forecast.total, 0n),
    month: today + days * DAY_MS === monthEnd ? { month: dateOf(monthStart).slice(0, 7), soFarUsd: formatUsd(soFar), ...inUsd(forecast.total, soFar) } : null,
  };
}

async function spentByDay({ db }: ReportDeps, { orgId, filters }: ReportAsk, of: Forecast['of'], from: number, to: number): Promise<Map<string, NanoUsd>> {
  const question = { orgId, filters, from: new Date(from).toISOString(), to: new Date(to).toISOString(), groupBy: ['day' as const], after: null, limit: 1_000, latency: false };
  const { rows } = await sumUsage(db, question);
  return new Map(rows.map((row) => [row.values[0]!, BigInt(of === 'cost' ? row.known_cost_nano_usd : row.charged_nano_usd)]));
}

/** Before anybody called there was nothing to learn from. */
function fromFirstSpending(amounts: readonly NanoUsd[]): NanoUsd[] {
  const first = amounts.findIndex((amount) => amount > 0n);
  return first < 0 ? [] : amounts.slice(first);
}

function daysFrom(start: number, count: number): string[] {
  return Array.from({ length: count }, (_, index) => dateOf(start + index * DAY_MS));
}

function dateOf(moment: number): string {
  return new Date(moment).toISOString().slice(0, 10);
}

/** An estimate is no money: nano-USD as a plain number, exact up to nine million dollars a day and to sixteen digits above. */
function toNumber(amount: NanoUsd): number {
  return Number(amount);
}

/** Back to money, rounded to a whole cent: more places would pretend to know. */
function inUsd({ value, low, high }: Estimate, already: NanoUsd): { usd: string; lowUsd: string; highUsd: string } {
  const text = (estimate: number): string => formatUsd(already + BigInt(Math.round(estimate / 1e7)) * 10_000_000n);
  return { usd: text(value), lowUsd: text(low), highUsd: text(high) };
}
