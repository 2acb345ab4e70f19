import type { KekStateMessage } from '@byok/contracts';
import { appendAudit } from '@byok/platform';

import { actorIdOf, principalOfActor } from '../acl/principal-of-actor.js';
import type { VaultDeps } from '../vault-deps.js';
import { parse } from '../wire/parse.js';
import { ActorRequest } from '../wire/requests.js';
import { describeKeks } from './kek-status.js';
import { beginRewrap } from './rewrap.store.js';
import { reachScope } from './start-rotation.js';

/** Begins to wrap every data key under the KEK that its org should have: the org's own, or the one that BYOK_KEK names now. Asked again while it runs, it changes nothing. */
export async function startRewrap(deps: Pick<VaultDeps, 'db' | 'kms' | 'clock' | 'rules' | 'keks'>, message: unknown): Promise<KekStateMessage> {
  const request = parse(ActorRequest, message);
  const principal = await principalOfActor(deps, request.actor);
  await reachScope(deps, principal, 'platform', 'encryption:rotate');
  await deps.db.acrossOrgs().transaction(async (tx) => {
    if (!(await beginRewrap(tx, actorIdOf(principal)))) return;
    await appendAudit(tx, 'vault.audit', { orgId: principal.orgId, action: 'kek.rewrap', actorId: actorIdOf(principal), targetId: 'platform', outcome: 'allowed', details: { kek: deps.kms.active.uri } });
  });
  return describeKeks(deps);
}
