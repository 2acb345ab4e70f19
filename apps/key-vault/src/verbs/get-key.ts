import { principalOfActor } from '../acl/principal-of-actor.js';
import { reachKey } from '../acl/reach-key.js';
import type { VaultDeps } from '../vault-deps.js';
import type { KeyMessage } from '@byok/contracts';
import { parse } from '../wire/parse.js';
import { KeyRequest } from '../wire/requests.js';
import { describeKey } from './describe-keys.js';

/** One key's description. No secret. */
export async function getKey(deps: Pick<VaultDeps, 'db' | 'clock'>, message: unknown): Promise<KeyMessage> {
  const request = parse(KeyRequest, message);
  const principal = await principalOfActor(deps, request.actor);
  return describeKey(deps.db, await reachKey(deps, principal, request.keyId, 'key:read'), deps.clock.now());
}
