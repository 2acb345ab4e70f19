import type { AlertSettings, AlertSettingsMessage, BudgetsForAdmin } from '@byok/contracts';
import { findUserByEmail, type Principal } from '@byok/identity';
import { AppError } from '@byok/kernel';
import type { Database } from '@byok/platform';
import { demand } from '../access/demand.js';
import { recordChange } from '../access/record-change.js';

export async function getAlertSettings(deps: { billing: Pick<BudgetsForAdmin, 'getAlertSettings'> }, principal: Principal): Promise<AlertSettings> {
  demand(principal, 'alert:read', { org: principal.orgId });
  return settingsToWire(await deps.billing.getAlertSettings({ orgId: principal.orgId }));
}

/** Takes addresses of the org's own people only: nobody writes to strangers through us. */
export async function setAlertSettings(deps: { db: Database; billing: Pick<BudgetsForAdmin, 'setAlertSettings'> }, principal: Principal, input: AlertSettings): Promise<AlertSettings> {
  const { orgId } = principal;
  demand(principal, 'alert:update', { org: orgId });
  const people = await Promise.all(input.mailTo.map((address) => findUserByEmail(deps.db, orgId, address)));
  if (people.some((person) => person?.status !== 'active')) throw new AppError('invalid_request', 'Alerts go to people of your organisation only.', { details: { field: 'mailTo' } });
  const details = { recipients: input.mailTo.length, lowBalanceUsd: input.lowBalanceUsd };
  const work = () => deps.billing.setAlertSettings({ orgId, mailTo: people.map((person) => person!.email), lowBalanceUsd: input.lowBalanceUsd ?? '' });
  return settingsToWire(await recordChange(deps.db, principal, { org: orgId, action: 'alert.settings', target: orgId, details }, work));
}

function settingsToWire({ mailTo, lowBalanceUsd }: AlertSettingsMessage): AlertSettings {
  return { mailTo: [...mailTo], lowBalanceUsd: lowBalanceUsd || null };
}
