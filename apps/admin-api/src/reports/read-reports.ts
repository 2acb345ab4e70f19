import { Forecast, type ForecastQuery, ProviderComparison, type ProvidersQuery, Savings, type SavingsQuery, Statement, type StatementQuery } from '@byok/contracts';
import { getSettings, type Principal } from '@byok/identity';
import { AppError, type Clock, type OrgId } from '@byok/kernel';
import type { Database } from '@byok/platform';
import { periodOf, type Period } from '../usage/period.js';
import { usageScope } from '../usage/usage-scope.js';
import { askReport, type ReportDeps } from './ask-report.js';

type Deps = ReportDeps & { clock: Clock };

// Each of as much as the caller may see: the org, their group or their own.

export function getStatement(deps: Deps, principal: Principal, { month, costCentre, ...asked }: StatementQuery): Promise<Statement> {
  return askReport(deps, 'statement', Statement, { ...usageScope(principal, asked), ...monthOf(month, deps.clock), question: { costCentre } });
}

/** Against the model that is named, or the one that the org's policy names. */
export async function getSavings(deps: Deps & { db: Database }, principal: Principal, { baseline: named, ...asked }: SavingsQuery): Promise<Savings> {
  const scope = usageScope(principal, asked);
  const baseline = named ?? (await getSettings(deps.db, scope.orgId as OrgId, 'org')).routing?.baseline;
  if (baseline === undefined) throw new AppError('invalid_request', 'Name the model to compare with: baseline=provider/model, or set a baseline in the policy of the organisation.', { details: { fields: ['baseline'] } });
  return askReport(deps, 'savings', Savings, { ...scope, ...periodOf(asked, deps.clock), question: { baseline } });
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
