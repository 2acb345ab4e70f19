import { setTimeout as pause } from 'node:timers/promises';
import { AppError, toAppError, type ErrorCode } from '@byok/kernel';
import type { Attempt } from '@byok/routing';
import type { Retries } from '../conditions/retries.js';

/** Of one call, with whatever keys; a plan that goes on to other models is followed to its end. */
const MOST_TRIES = 3;

/** Where these stop a call, they do not when it was made with a candidate: the version in use of the same key comes after it. */
const OF_CANDIDATE_ALONE: ReadonlySet<ErrorCode> = new Set(['integrity_failed', 'key_unavailable', 'key_config_invalid', 'endpoint_not_allowed', 'upstream_redirect']);

/** What an attempt with a key may be made with instead, where its provider refused the secret. */
type Renew = (attempt: Attempt) => Promise<Attempt | undefined>;

/**
 * Walks the plan until one attempt starts to answer. The row of the error says what happens next: the same key once more, the next one,
 * or nothing. After the first byte this is over.
 */
export async function firstAnswer<T>(attempts: readonly Attempt[], send: (attempt: Attempt, number: number) => Promise<T>, retries: Retries, renew?: Renew): Promise<T> {
  const plan = [...attempts];
  let number = 0;
  let last: AppError | undefined;
  let most = Math.max(MOST_TRIES, attempts.length);
  retries.called();
  for (let attempt = plan.shift(); attempt && number < most; attempt = plan.shift()) {
    for (let isFirst = true; number < most; isFirst = false) {
      number += 1;
      try {
        return await send(attempt, number);
      } catch (error) {
        last = toAppError(error);
        if (last.rule.next === 'stop' && !isOfCandidateAlone(attempt, last)) throw last;
        const pauseMs = isFirst && !attempt.trial?.isCandidate && number < most ? retries.pauseMs(last) : undefined;
        if (pauseMs === undefined) break;
        await pause(pauseMs);
      }
    }
    const newer = last!.rule.failure === 'auth' && !attempt.trial?.isCandidate ? await renew?.(attempt) : undefined;
    if (newer) {
      plan.unshift(newer);
      most += 1;
    }
  }
  throw last ?? new AppError('no_key_available', 'No key can serve this call.');
}

function isOfCandidateAlone({ trial }: Attempt, { code }: AppError): boolean {
  return trial?.isCandidate === true && OF_CANDIDATE_ALONE.has(code);
}
