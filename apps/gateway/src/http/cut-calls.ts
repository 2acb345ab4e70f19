import { AppError } from '@byok/kernel';
import type { Authenticate } from '../pipeline/authenticate.js';
import type { KeysFor } from '../pipeline/keys-for.js';
import type { Call, RunningCalls } from './call.js';

interface Doors {
  authenticate: Authenticate;
  keysFor: KeysFor;
}

/** Ends the running calls with a key that was sealed and is to stop at once. No other key takes over: that would hide the stop. */
export function cutCallsOfKey(keyId: string, running: RunningCalls): void {
  for (const call of running) if (call.record.attempt?.keyId === keyId) call.cutShort(new AppError('key_disabled', 'The key of this call was sealed.'));
}

/** Ends the running calls of an org that was frozen or sealed: both are emergency stops, and a stream may run for half an hour. */
export function cutCallsOfStoppedOrg(orgId: string, running: RunningCalls, doors: Doors): void {
  for (const call of running) {
    if (call.record.principal?.orgId !== orgId) continue;
    void stillAllowed(call, doors).then((refusal) => refusal && call.cutShort(refusal));
  }
}

/** The refusal when the org is frozen or sealed; a call outlives every other change, such as a revoked token. */
async function stillAllowed(call: Call, { authenticate, keysFor }: Doors): Promise<AppError | undefined> {
  try {
    await keysFor(await authenticate(call.credential, call.request));
    return undefined;
  } catch (error) {
    return error instanceof AppError && (error.code === 'org_frozen' || error.code === 'org_sealed') ? error : undefined;
  }
}
