import { toAppError, type AppError } from '@byok/kernel';
import type { Attempt } from '@byok/routing';

/** Walks the plan until one attempt starts to answer. The row of the error says what happens next; after the first byte this is over. */
export async function firstAnswer<T>(attempts: readonly Attempt[], send: (attempt: Attempt, number: number) => Promise<T>): Promise<T> {
  let number = 0;
  let last: AppError | undefined;
  for (const attempt of attempts) {
    number += 1;
    try {
      return await sendTwiceIfAsked(() => send(attempt, number));
    } catch (error) {
      last = toAppError(error);
      if (last.rule.next === 'stop') throw last;
    }
  }
  throw last!;
}

async function sendTwiceIfAsked<T>(send: () => Promise<T>): Promise<T> {
  try {
    return await send();
  } catch (error) {
    if (toAppError(error).rule.next !== 'same-key-retry') throw error;
    return send();
  }
}
