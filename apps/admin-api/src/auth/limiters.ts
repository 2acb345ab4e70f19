import { AppError } from '@byok/kernel';
import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible';

/** Counts attempts per subject; takes one before the attempt, so that parallel ones cannot slip through together. */
export interface Limiter {
  /** @throws AppError too_many_attempts, with the seconds to wait */
  take(subject: string): Promise<void>;
  /** The attempt was a good one: it does not count. */
  giveBack(subject: string): Promise<void>;
}

export function memoryLimiter(options: { points: number; seconds: number; what: string }): Limiter {
  const limiter = new RateLimiterMemory({ points: options.points, duration: options.seconds });
  return {
    take: async (subject) => {
      try {
        await limiter.consume(subject);
      } catch (error) {
        if (!(error instanceof RateLimiterRes)) throw error;
        const retryAfterSeconds = Math.ceil(error.msBeforeNext / 1000);
        throw new AppError('too_many_attempts', `Too many ${options.what}. Try again in ${Math.ceil(retryAfterSeconds / 60)} min.`, { details: { retryAfterSeconds } });
      }
    },
    giveBack: async (subject) => void (await limiter.reward(subject)),
  };
}
