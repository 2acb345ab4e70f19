import { AppError } from '@byok/kernel';
import { RateLimiterMemory } from 'rate-limiter-flexible';
import { parseToken } from './token-text.js';

export interface GuessGuard {
  /**
   * Runs the look-up of a credential, unless too many wrong secrets for the same token came from that address lately.
   * @throws AppError too_many_attempts, besides what `look` throws
   */
  watch<T>(credential: string, address: string, look: () => Promise<T>): Promise<T>;
}

/**
 * Counts wrong secrets per token and address, in this process alone: there is no store that could be down. Who holds the right secret
 * elsewhere is not kept out by somebody's guesses. A malformed token costs no query and is not counted.
 */
export function guessGuard({ points = 20, seconds = 60 } = {}): GuessGuard {
  const limiter = new RateLimiterMemory({ points, duration: seconds });
  return {
    watch: async (credential, address, look) => {
      const id = parseToken(credential)?.id;
      if (id === undefined) return look();
      const subject = `${id} ${address}`;
      const seen = await limiter.get(subject);
      if (seen && seen.consumedPoints >= points) throw tooMany(seen.msBeforeNext);
      try {
        return await look();
      } catch (error) {
        if (error instanceof AppError && error.code === 'token_invalid') await limiter.penalty(subject);
        throw error;
      }
    },
  };
}

function tooMany(msBeforeNext: number): AppError {
  const retryAfterSeconds = Math.max(1, Math.ceil(msBeforeNext / 1000));
  return new AppError('too_many_attempts', `Too many wrong secrets for this token from your address. Try again in ${retryAfterSeconds} s.`, { details: { retryAfterSeconds } });
}
