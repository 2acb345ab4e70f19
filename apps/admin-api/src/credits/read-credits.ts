import type { Credits, CreditsForAdmin } from '@byok/contracts';
import { getOrg, type Principal } from '@byok/identity';
import type { Database } from '@byok/platform';
import { demand, orgOf } from '../access/demand.js';
import { lotToWire } from './lot-to-wire.js';

export async function readCredits(deps: { db: Database; billing: Pick<CreditsForAdmin, 'getCredits'> }, principal: Principal, orgId: string): Promise<Credits> {
  const org = orgOf(principal, orgId);
  demand(principal, 'credits:read', { org });
  await getOrg(deps.db, org);
  const { lots, ...amounts } = await deps.billing.getCredits({ orgId: org });
  return { ...amounts, lots: lots.map(lotToWire) };
}
