import { timingSafeEqual } from 'node:crypto';

import type { Kms } from '@byok/envelope';
import type { Clock } from '@byok/kernel';

import { faultOf, kmsError } from './kms-fault.js';

export interface GuardOptions {
  clock: Clock;
  /** After this long a question has failed, whatever the client library still hopes for. */
  deadlineMs: number;
}

const SEED_BYTES = 32;
const FAILURES_TO_OPEN = 5;
const OPEN_MS = 10_000;

/**
 * A KMS that keeps its trouble to itself: a question has an end, one that does not answer is left alone for a while (one
 * question finds out whether it is back), and nothing is taken for wrapped before it was unwrapped again.
 */
export function guardKms(kms: Kms, options: GuardOptions): Kms {
  const ask = breaker(kms.uri, options);
  const unwrap: Kms['unwrap'] = async (wrapped, context) => {
    const seed = await ask(() => kms.unwrap(wrapped, context));
    if (seed.length === SEED_BYTES) return seed;
    seed.fill(0);
    throw kmsError('wrong', kms.uri, 'what was unwrapped is no seed');
  };
  return {
    uri: kms.uri,
    status: () => ask(() => kms.status()),
    unwrap,
    wrap: async (seed, context) => {
      const wrapped = await ask(() => kms.wrap(seed, context));
      const again = await unwrap(wrapped, context);
      const isSame = timingSafeEqual(again, seed);
      again.fill(0);
      if (!isSame) throw kmsError('wrong', kms.uri, 'what was wrapped unwraps to something else');
      return wrapped;
    },
    ...(kms.rewrap ? { rewrap: (wrapped, context) => ask(() => kms.rewrap!(wrapped, context)) } : {}),
  };
}

function breaker(kekUri: string, { clock, deadlineMs }: GuardOptions): <T>(question: () => Promise<T>) => Promise<T> {
  let failures = 0;
  let openUntil = 0;
  return async (question) => {
    const now = clock.now();
    if (failures >= FAILURES_TO_OPEN) {
      if (now < openUntil) throw kmsError('unreachable', kekUri, 'it did not answer lately and is left alone for some seconds');
      openUntil = now + OPEN_MS; // this question is the one that finds out; the others are answered without it
    }
    try {
      const answer = await within(deadlineMs, kekUri, question());
      failures = 0;
      return answer;
    } catch (error) {
      const isAway = faultOf(error) === 'unreachable';
      failures = isAway ? failures + 1 : 0;
      if (failures >= FAILURES_TO_OPEN) openUntil = clock.now() + OPEN_MS;
      throw error;
    }
  };
}

async function within<T>(deadlineMs: number, kekUri: string, answer: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  let isTooLate = false;
  const tooLate = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      isTooLate = true;
      reject(kmsError('unreachable', kekUri, `no answer within ${deadlineMs} ms`));
    }, deadlineMs);
  });
  // A seed that nobody waits for any more is not left lying about.
  answer.then((late) => isTooLate && Buffer.isBuffer(late) && late.fill(0), () => undefined);
  try {
    return await Promise.race([answer, tooLate]);
  } finally {
    clearTimeout(timer);
  }
}
