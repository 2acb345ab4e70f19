import { getToken, revokeToken, type Principal } from '@byok/identity';
import type { TokenId } from '@byok/kernel';
import type { Database } from '@byok/platform';
import { demand, orgOf } from '../access/demand.js';
import { recordChange } from '../access/record-change.js';
import { resourceOf } from './token-to-wire.js';

/** Ends the token; every gateway refuses it within five seconds. */
export async function deleteToken(deps: { db: Database }, principal: Principal, path: { token: string }, orgId?: string): Promise<void> {
  const org = orgOf(principal, orgId);
  const token = await getToken(deps.db, org, path.token as TokenId);
  demand(principal, 'token:delete', resourceOf(token));
  await recordChange(deps.db, principal, { org, action: 'token.delete', target: token.id }, (tx) => revokeToken(tx, org, token.id));
}
