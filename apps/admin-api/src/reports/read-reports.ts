import { Forecast, type ForecastQuery, ProviderComparison, type ProvidersQuery, Savings, type SavingsQuery, Statement, type StatementQuery } from '@byok/contracts';
import type { Principal } from '@byok/identity';
import type { Clock } from '@byok/kernel';
import { periodOf, type Period } from '../usage/period.js';
import { usageScope } from '../usage/usage-scope.js';
import { askReport, type ReportDeps } from './ask-report.js';

type Deps = ReportDeps & { clock: Clock };

// Each of as much as the caller may see: the org, their group or their own.

export function getStatement(deps: Deps, principal: Principal, { month, costCentre, ...asked }: StatementQuery): Promise<Statement> {
  return askReport(deps, 'statement', Statement, { ...usageScope(principal, asked), ...monthOf(month, deps.clock), question: { costCentre } });
}

export function getSavings(deps: Deps, principal: Principal, { baseline, ...asked }: SavingsQuery): Promise<Savings> {
  return askReport(deps, 'savings', Savings, { ...usageScope(principal, asked), ...periodOf(asked, deps.clock), question: { baseline } });
}

export function getForecast(deps: Deps, principal: Principal, { of, days, ...asked }: ForecastQuery): Promise<Forecast> {
  return askReport(deps, 'forecast', Forecast, { ...usageScope(principal, asked), question: { of, days } });
}

export function getProviders(deps: Deps, principal: Principal, { by, model, ...asked }: ProvidersQuery): Promise<ProviderComparison> {
  return askReport(deps, 'providers', ProviderComparison, { ...usageScope(principal, asked), ...periodOf(asked, deps.clock), question: { by, model } });
}

function monthOf(month: string | undefined, clock: Clock): Period {
  if (month === undefined) return periodOf({}, clock);
  const from = new Date(`${month}-01T00:00:00.000Z`);
  return { from: from.toISOString(), to: new Date(Date.UTC(from.getUTCFullYear(), from.getUTCMonth() + 1, 1)).toISOString() };
}
