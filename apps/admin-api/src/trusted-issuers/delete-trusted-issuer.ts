import { deleteTrustedIssuer as remove, type Principal, type TrustedIssuerId } from '@byok/identity';
import type { Database } from '@byok/platform';
import { demand, orgOf } from '../access/demand.js';
import { recordChange } from '../access/record-change.js';

/** Its services are out with their next call. */
export async function deleteTrustedIssuer(deps: { db: Database }, principal: Principal, path: { org: string; issuer: string }): Promise<void> {
  const org = orgOf(principal, path.org);
  demand(principal, 'trusted-issuer:update', { org });
  await recordChange(deps.db, principal, { org, action: 'trusted-issuer.delete', target: path.issuer }, (tx) => remove(tx, org, path.issuer as TrustedIssuerId));
}
