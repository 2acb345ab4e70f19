import type { CreditLot, CreditsForAdmin, GrantCredits } from '@byok/contracts';
import { getOrg, type Principal } from '@byok/identity';
import type { Database } from '@byok/platform';
import { demand, orgOf } from '../access/demand.js';
import { actorOf, recordChange } from '../access/record-change.js';
import { lotToWire } from './lot-to-wire.js';

/** Money that came in, or a gift. Booked once per idempotency key, so that a request that was not answered can be sent again. */
export async function grantCredits(deps: { db: Database; billing: Pick<CreditsForAdmin, 'grantCredits'> }, principal: Principal, orgId: string, input: GrantCredits): Promise<CreditLot> {
  const org = orgOf(principal, orgId);
  demand(principal, 'credits:grant', { org });
  await getOrg(deps.db, org);
  const { amountUsd, kind, expiresAt = '', note, idempotencyKey } = input;
  const work = () => deps.billing.grantCredits({ orgId: org, amountUsd, kind, expiresAt, note, idempotencyKey, createdBy: actorOf(principal) });
  return lotToWire(await recordChange(deps.db, principal, { org, action: 'credits.grant', details: { amountUsd, kind, idempotencyKey } }, work));
}
