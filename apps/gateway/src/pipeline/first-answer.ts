import { setTimeout as pause } from 'node:timers/promises';
import { AppError, toAppError } from '@byok/kernel';
import type { Attempt } from '@byok/routing';
import type { Retries } from '../conditions/retries.js';

/** Of one call, with whatever keys; a plan that goes on to other models is followed to its end. */
const MOST_TRIES = 3;

/**
 * Walks the plan until one attempt starts to answer. The row of the error says what happens next: the same key once more, the next one,
 * or nothing. After the first byte this is over.
 */
export async function firstAnswer<T>(attempts: readonly Attempt[], send: (attempt: Attempt, number: number) => Promise<T>, retries: Retries): Promise<T> {
  let number = 0;
  let last: AppError | undefined;
  const most = Math.max(MOST_TRIES, attempts.length);
  retries.called();
  for (const attempt of attempts) {
    for (let isFirst = true; number < most; isFirst = false) {
      number += 1;
      try {
        return await send(attempt, number);
      } catch (error) {
        last = toAppError(error);
        if (last.rule.next === 'stop') throw last;
        const pauseMs = isFirst && number < most ? retries.pauseMs(last) : undefined;
        if (pauseMs === undefined) break;
        await pause(pauseMs);
      }
    }
  }
  throw last ?? new AppError('no_key_available', 'No key can serve this call.');
}
