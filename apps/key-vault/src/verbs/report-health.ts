import { AppError } from '@byok/kernel';

import { principalOfActor } from '../acl/principal-of-actor.js';
import { notRevoked, reachKey } from '../acl/reach-key.js';
import { recordChange } from '../audit/record.js';
import type { KeyStatus } from '../store/key-row.js';
import type { VaultDeps } from '../vault-deps.js';
import type { KeyMessage } from '@byok/contracts';
import { parse } from '../wire/parse.js';
import { ReportHealthRequest } from '../wire/requests.js';
import { describeKey } from './describe-keys.js';
import { writeTestResult } from './write-test-result.js';

/** Writes down what a test of the key found, and its status where the provider's answer was clear. */
export async function reportHealth(deps: Pick<VaultDeps, 'db' | 'clock'>, message: unknown): Promise<KeyMessage> {
  const request = parse(ReportHealthRequest, message);
  const principal = await principalOfActor(deps, request.actor);
  const key = notRevoked(await reachKey(deps, principal, request.keyId, 'key:test'));
  return deps.db.transaction(async (tx) => {
    const tested = await writeTestResult(tx, { ...key, status: key.status as Exclude<KeyStatus, 'revoked'> }, request.outcome, request.reason);
    if (!tested) throw new AppError('conflict', 'Somebody else changed this key while it was tested. Test it again.');
    await recordChange(tx, principal, 'key.test', tested, { outcome: request.outcome });
    return describeKey(tx, tested, deps.clock.now());
  });
}
