import { type Calculate, Calculation } from '@byok/contracts';
import { may, type Principal } from '@byok/identity';
import type { Clock } from '@byok/kernel';
import { forbidden } from '../access/demand.js';
import { periodOf } from '../usage/period.js';
import { usageScope } from '../usage/usage-scope.js';
import { askReport, type ReportDeps } from './ask-report.js';

/** What tokens cost, on one's own key and on credits. Anybody signed in may calculate; from history, who may see that usage. */
export function calculate(deps: ReportDeps & { clock: Clock }, principal: Principal, body: Calculate): Promise<Calculation> {
  const { history } = body;
  if (history === undefined) return askReport(deps, 'calculation', Calculation, { orgId: principal.orgId, filters: {}, question: body });
  if (!may(principal, 'usage:read')) throw forbidden('usage:read');
  return askReport(deps, 'calculation', Calculation, { ...usageScope(principal, history), ...periodOf(history, deps.clock), question: body });
}
