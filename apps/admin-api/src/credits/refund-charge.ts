import type { CreditsForAdmin, Refund, RefundCharge } from '@byok/contracts';
import { getOrg, type Principal } from '@byok/identity';
import type { Database } from '@byok/platform';
import { demand, orgOf } from '../access/demand.js';
import { actorOf, recordChange } from '../access/record-change.js';

export async function refundCharge(deps: { db: Database; billing: Pick<CreditsForAdmin, 'refundCharge'> }, principal: Principal, orgId: string, input: RefundCharge): Promise<Refund> {
  const org = orgOf(principal, orgId);
  demand(principal, 'credits:grant', { org });
  await getOrg(deps.db, org);
  const { eventId, amountUsd = '', note, idempotencyKey } = input;
  const work = () => deps.billing.refundCharge({ orgId: org, eventId, amountUsd, note, idempotencyKey, createdBy: actorOf(principal) });
  return recordChange(deps.db, principal, { org, action: 'credits.refund', target: eventId, details: { amountUsd: amountUsd || 'all', idempotencyKey } }, work);
}
