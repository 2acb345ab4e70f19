import { toAppError, type AppError } from '@byok/kernel';
import type { Attempt } from '@byok/routing';

/** With one key, where the error says that the same key may be tried again. */
const MAX_TRIES = 2;

/** Walks the plan until one attempt starts to answer. The row of the error says what happens next; after the first byte this is over. */
export async function firstAnswer<T>(attempts: readonly Attempt[], send: (attempt: Attempt, number: number) => Promise<T>): Promise<T> {
  let number = 0;
  let last: AppError | undefined;
  for (const attempt of attempts) {
    for (let tries = 0; tries < MAX_TRIES; tries++) {
      number += 1;
      try {
        return await send(attempt, number);
      } catch (error) {
        last = toAppError(error);
        if (last.rule.next === 'stop') throw last;
        if (last.rule.next === 'next-attempt') break;
      }
    }
  }
  throw last!;
}
