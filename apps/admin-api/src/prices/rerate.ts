import type { BillingOfficeForAdmin, Rerate, Rerating } from '@byok/contracts';
import { getOrg, type Principal } from '@byok/identity';
import type { Database } from '@byok/platform';
import { demand, orgOf } from '../access/demand.js';
import { actorOf, recordChange } from '../access/record-change.js';

/** Charges an org's calls anew by today's price table; unless told otherwise it only shows what would be adjusted. */
export async function rerate(deps: { db: Database; office: Pick<BillingOfficeForAdmin, 'rerate'> }, principal: Principal, orgId: string, { from, to, dryRun }: Rerate): Promise<Rerating> {
  const org = orgOf(principal, orgId);
  demand(principal, 'ledger:adjust', { org });
  await getOrg(deps.db, org);
  const ask = async (): Promise<Rerating> => ({ from, to, dryRun, ...(await deps.office.rerate({ orgId: org, from, to, dryRun, actor: actorOf(principal) })) });
  // Written down before: a year's calls may take longer than a transaction may wait.
  if (!dryRun) await recordChange(deps.db, principal, { org, action: 'ledger.rerate', target: org, details: { from, to } }, () => Promise.resolve());
  return ask();
}
