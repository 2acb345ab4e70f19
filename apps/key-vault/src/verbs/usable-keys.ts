import { mayUse, usableUntil } from '../acl/may-use.js';
import { principalOfActor } from '../acl/principal-of-actor.js';
import type { OtherVersion } from '../store/candidates.store.js';
import type { KeyRow } from '../store/key-row.js';
import { listCandidates } from '../store/keys.store.js';
import { refuseSealed } from '../store/org-kek.store.js';
import type { VaultDeps } from '../vault-deps.js';
import { usableKeyMessage } from '../wire/messages.js';
import type { UsableKeyMessage } from '@byok/contracts';
import { parse } from '../wire/parse.js';
import { ActorRequest } from '../wire/requests.js';
import { othersOf } from './describe-keys.js';
import { isExpired } from './warnings-of.js';

/** What calls of this actor may be made with. Broken keys are listed too, so that the caller can say why one is skipped. */
export async function usableKeys(deps: Pick<VaultDeps, 'db' | 'clock'>, message: unknown): Promise<{ items: UsableKeyMessage[] }> {
  const request = parse(ActorRequest, message);
  const principal = await principalOfActor(deps, request.actor);
  await refuseSealed(deps.db, principal.orgId);
  const groupIds = principal.groups.map((group) => group.id);
  const keys = await listCandidates(deps.db, principal.orgId, principal.userId, groupIds, principal.orgPolicy.platformKeysGranted);
  const usable = keys.filter((key) => mayUse(principal, key));
  const others = await othersOf(deps.db, usable);
  const candidateOf = (key: KeyRow): OtherVersion | undefined => others.get(key.id)?.find(({ role }) => role === 'candidate');
  return { items: usable.map((key) => ({ ...usableKeyMessage(key, isExpired(key, deps.clock.now()), candidateOf(key)), usableUntil: untilOf(usableUntil(principal, key)) })) };
}

function untilOf(until: string | undefined): string {
  return until === undefined ? '' : new Date(until).toISOString();
}
