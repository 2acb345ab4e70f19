import { AppError } from '@byok/kernel';
import type { Principal } from '@byok/identity';
import type { Attempt } from '@byok/routing';
import { namedHandles } from '../state/named-handles.js';
import type { UpstreamState } from '../state/upstream-state.js';
import type { KeyRing } from './keys-for.js';
import { planEveryKey } from './plan-call.js';
import type { Wish } from './read-wish.js';

/**
 * A call that goes on from an earlier one is served by the key that made that, or by none: another key's account does not have it,
 * or has somebody else's. What was made past us is left to the first key alone, and never to one that other organisations use, too.
 * @throws AppError state_not_found
 */
export function pinAttempts(attempts: readonly Attempt[], wish: Wish, principal: Principal, ring: KeyRing, state: UpstreamState): readonly Attempt[] | Promise<readonly Attempt[]> {
  const handles = namedHandles(wish.body, wish.scan, wish.endpoint === 'responses');
  if (handles.length === 0) return attempts;
  return pinTo(attempts, () => planEveryKey(wish, principal, ring), handles, principal, state);
}

async function pinTo(attempts: readonly Attempt[], all: () => readonly Attempt[], handles: readonly string[], principal: Principal, state: UpstreamState): Promise<readonly Attempt[]> {
  const keys = await Promise.all(handles.map((handle) => state.keyOf(principal, handle)));
  const known = new Set(keys.filter((key) => key !== undefined));
  if (known.size > 1) throw new AppError('state_not_found', 'This request names things that different keys made (earlier responses, files or sealed reasoning). No one key has them all: begin a new conversation.');
  const [keyId] = known;
  if (keyId === undefined) return madeElsewhere(attempts);
  const pinned = all().filter((attempt) => attempt.keyId === keyId);
  if (pinned.length > 0) return pinned;
  throw new AppError('state_not_found', 'This request goes on from an earlier one whose key cannot serve it any more: it is gone, or you may no longer use it for this model. Another key does not have what that one made: begin a new conversation.');
}

function madeElsewhere(attempts: readonly Attempt[]): readonly Attempt[] {
  const [first] = attempts;
  if (first && !first.usesPlatformCredits) return [first];
  throw new AppError('state_not_found', 'This request names something (an earlier response, a file or sealed reasoning) that no call of yours made here.');
}
