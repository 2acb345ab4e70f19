import { AppError } from '@byok/kernel';
import type { Authenticate } from '../pipeline/authenticate.js';
import type { Call } from './call.js';
import type { RunningCalls } from './running-calls.js';

/** Ends the running calls of an org that was frozen: freezing is the emergency stop, and a stream may run for half an hour. */
export function cutCallsOfFrozenOrg(orgId: string, running: RunningCalls, authenticate: Authenticate): void {
  for (const call of running) {
    if (call.record.orgId !== orgId) continue;
    void stillAllowed(call, authenticate).then((refusal) => refusal && call.cutShort(refusal));
  }
}

/** The refusal when the org is frozen; a call outlives every other change, such as a revoked token. */
async function stillAllowed(call: Call, authenticate: Authenticate): Promise<AppError | undefined> {
  try {
    await authenticate(call.credential, call.request);
    return undefined;
  } catch (error) {
    return error instanceof AppError && error.code === 'org_frozen' ? error : undefined;
  }
}
