import { AppError } from '@byok/kernel';
import type { RunningCalls } from './call.js';

/** Ends the running calls with a key that was sealed and is to stop at once. No other key takes over: that would hide the stop. */
export function cutCallsOfKey(keyId: string, running: RunningCalls): void {
  for (const call of running) if (call.record.attempt?.keyId === keyId) call.cutShort(new AppError('key_disabled', 'The key of this call was sealed.'));
}
