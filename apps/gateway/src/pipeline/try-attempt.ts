import { toAppError } from '@byok/kernel';
import type { Principal } from '@byok/identity';
import type { Attempt } from '@byok/routing';
import type { Call } from '../http/call.js';
import type { KeyHealth } from '../conditions/key-health.js';
import type { KeyTrials } from '../conditions/key-trials.js';
import type { WatchedConditions } from '../conditions/watched-conditions.js';
import { wantedBy, type KeyShares } from '../fair-share/key-shares.js';
import type { Wish } from './read-wish.js';
import { send, type Answered, type SendDeps } from './send.js';

export interface TryDeps extends SendDeps {
  watched: WatchedConditions;
  health: KeyHealth;
  shares: KeyShares;
  trials: KeyTrials;
}

/** One attempt and what is learnt from it: waits for its turn where a shared key is at its limit, and notes how it went. */
export async function tryAttempt(attempt: Attempt, number: number, wish: Wish, principal: Principal, call: Call, deps: TryDeps): Promise<Answered> {
  deps.watched.begin(attempt);
  // A new secret on trial may be of another account, with limits of its own.
  const isCandidate = attempt.trial?.isCandidate === true;
  const share = isCandidate ? undefined : deps.shares.of(attempt);
  const wanted = share && wantedBy(principal, attempt, wish.body.length);
  if (wanted) {
    call.assertWanted();
    await share.enter(wanted, call);
  }
  try {
    const answered = await send(attempt, number, wish, principal, call, deps);
    if (wanted) share.answered(wanted, answered.answer.headers);
    deps.watched.answered(attempt, principal.orgId, (answered.exchange.firstByteAt ?? deps.clock.now()) - answered.exchange.startedAt);
    if (attempt.trial) deps.trials.answered(attempt, principal, call.requestId);
    if (!isCandidate) deps.health.answered(attempt, principal);
    return answered;
  } catch (error) {
    const known = toAppError(error);
    if (wanted) share.failed(wanted, known);
    deps.watched.failed(attempt, principal.orgId, known);
    if (attempt.trial) deps.trials.failed(attempt, principal, known, call.requestId);
    if (!isCandidate) deps.health.failed(attempt, principal, known, call.requestId);
    throw known;
  }
}
