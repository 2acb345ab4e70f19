import type { Principal } from '@byok/identity';
import type { AppError } from '@byok/kernel';
import { appendAudit } from '@byok/platform';

import type { VaultDeps } from '../vault-deps.js';
import { actorIdOf } from './principal-of-actor.js';

/** Writes the refusal into the chain of the one who asked (the owner of the id learns nothing), then throws it. */
export async function deny(deps: Pick<VaultDeps, 'db'>, principal: Principal, action: string, targetId: string, error: AppError): Promise<never> {
  await deps.db.transaction((tx) =>
    appendAudit(tx, 'vault.audit', {
      orgId: principal.orgId,
      action: 'authz.denied',
      actorId: actorIdOf(principal),
      targetId,
      outcome: 'denied',
      details: { action, code: error.code, tokenId: principal.tokenId, sessionId: principal.sessionId },
    }),
  );
  throw error;
}
