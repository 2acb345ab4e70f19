import { appendAudit, notifyChange } from '@byok/platform';

import { deny } from '../acl/deny.js';
import { mayUse } from '../acl/may-use.js';
import { actorIdOf, principalOfActor } from '../acl/principal-of-actor.js';
import { keyNotFound } from '../acl/reach-key.js';
import { findKey, setHealth } from '../store/keys.store.js';
import type { VaultDeps } from '../vault-deps.js';
import { parse } from '../wire/parse.js';
import { NoteHealthRequest } from '../wire/requests.js';
import { countVersions } from './count-versions.js';
import { healthAfter } from './health-after.js';
import { statusAfterTest } from './status-after-test.js';

const NO_CALLS = { answered: 0, refused: 0, failed: 0 };

/**
 * Writes down what calls with a key found out, and takes it out of service or back where the provider was clear about it. The gateway
 * may say this of keys that its caller may use, and of the version that was tried: what it says of another one is late, and changes nothing.
 */
export async function noteHealth(deps: Pick<VaultDeps, 'db' | 'clock'>, message: unknown): Promise<object> {
  const request = parse(NoteHealthRequest, message);
  const principal = await principalOfActor(deps, request.actor);
  const key = await findKey(deps.db, principal.orgId, request.keyId);
  if (!key || !mayUse(principal, key)) return deny(deps, principal, 'key.health', request.keyId, keyNotFound());
  if (request.outcome === 'counted') {
    await countVersions(deps, principal, key, { ...request, counts: request.counts ?? NO_CALLS, currentCounts: request.currentCounts ?? NO_CALLS });
    return {};
  }
  const status = statusAfterTest(key.status, request.outcome);
  const health = healthAfter(request.outcome) ?? key.health;
  const isNews = health !== key.health || status !== key.status;
  if (key.version !== request.version || key.status === 'revoked' || !isNews) return {};
  await deps.db.transaction(async (tx) => {
    const noted = await setHealth(tx, key.orgId, key.id, request.version, { from: key.status, status, health, reason: health === 'failing' ? request.reason : '' });
    // Somebody changed the key meanwhile, which says more than calls from before.
    if (!noted) return;
    await notifyChange(tx, { org: key.orgId, kind: 'key', id: key.id });
    await appendAudit(tx, 'vault.audit', {
      // Of a platform key, no one tenant's calls are the story.
      orgId: key.orgId,
      action: 'key.health',
      actorId: actorIdOf(principal),
      targetId: key.id,
      outcome: 'allowed',
      details: { ownerType: key.ownerType, ownerId: key.ownerId, provider: key.provider, version: key.version, status, health, reported: request.outcome, by: 'gateway' },
    });
  });
  return {};
}
