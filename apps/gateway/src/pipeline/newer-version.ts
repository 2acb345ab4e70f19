import type { Principal } from '@byok/identity';
import type { Attempt } from '@byok/routing';
import type { KeyHealth } from '../conditions/key-health.js';
import type { WatchedConditions } from '../conditions/watched-conditions.js';
import { activeKey, type KeysFor } from './keys-for.js';

/**
 * The same attempt with the version that took over meanwhile; undefined where there is none. A provider may refuse the former secret
 * before the notice of its successor has reached us.
 */
export async function newerVersion(attempt: Attempt, principal: Principal, deps: { keysFor: KeysFor; watched: WatchedConditions; health: KeyHealth }): Promise<Attempt | undefined> {
  const ring = await deps.keysFor.anew(principal).catch(() => undefined);
  const listed = ring && activeKey(ring, attempt.keyId);
  if (!listed || listed.version <= attempt.keyVersion) return undefined;
  // What the former secret did says nothing about this one.
  deps.watched.coolDowns.forget(attempt.keyId);
  deps.health.forget(attempt.keyId);
  const { trial: _over, ...rest } = attempt;
  return { ...rest, keyVersion: listed.version, config: listed.config };
}
