import type { Clock } from '@byok/kernel';
import type { Sql } from '@byok/platform';
import type { PriceShelf } from '../prices/load-prices.js';
import { makeCalculation } from './calculator/make-calculation.js';
import { makeForecast } from './forecast/make-forecast.js';
import { compareProviders } from './providers/compare-providers.js';
import { parseReportRequest, type ReportAsk } from './report-request.js';
import { makeSavings } from './savings/make-savings.js';
import { makeStatement } from './statement/make-statement.js';
import { invalid } from './usage-request.js';

export interface ReportDeps {
  db: Sql;
  prices: PriceShelf;
  clock: Clock;
}

/** A new report is one file and one line here. */
const REPORTS: Readonly<Record<string, (deps: ReportDeps, ask: ReportAsk) => Promise<object>>> = {
  statement: makeStatement,
  savings: makeSavings,
  forecast: makeForecast,
  providers: compareProviders,
  calculation: makeCalculation,
};

export async function getReport(deps: ReportDeps, message: unknown): Promise<{ answer: string }> {
  const ask = parseReportRequest(message);
  const make = Object.hasOwn(REPORTS, ask.report) ? REPORTS[ask.report] : undefined;
  if (!make) throw invalid(['report']);
  return { answer: JSON.stringify(await make(deps, ask)) };
}
