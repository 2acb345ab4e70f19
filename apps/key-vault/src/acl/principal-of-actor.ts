import { principalOfSession, principalOfToken, principalOrThrow } from '@byok/identity';
import type { Principal } from '@byok/identity';
import { narrowScope } from '@byok/platform';

import type { VaultDeps } from '../vault-deps.js';
import type { Actor } from '../wire/requests.js';

/**
 * Who is asking, from the identity tables at this moment. The caller names a credential by id and nothing else. From here on the request
 * sees the rows of that org and the platform's own: the database holds what the code holds.
 */
export async function principalOfActor(deps: Pick<VaultDeps, 'db' | 'clock'>, actor: Actor): Promise<Principal> {
  const found = 'tokenId' in actor ? await principalOfToken(deps.db, actor.tokenId, deps.clock) : await principalOfSession(deps.db, actor.sessionId, deps.clock);
  const principal = principalOrThrow(found);
  if (!principal.isOperator) narrowScope(principal.orgId);
  return principal;
}

/** Who it was, for the audit chain: the person if there is one, else the token of the service. */
export function actorIdOf(principal: Principal): string {
  return principal.userId ?? principal.tokenId ?? 'unknown';
}
