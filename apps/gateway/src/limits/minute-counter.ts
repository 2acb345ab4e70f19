import type { Redis } from 'ioredis';
import { RateLimiterMemory, RateLimiterRedis, type RateLimiterAbstract } from 'rate-limiter-flexible';

/** What was used in the minute that began with the first use. */
export interface MinuteUse {
  used: number;
  resetMs: number;
}

/** Counts points per name and minute. */
export interface MinuteCounter {
  /** Adds points, which may be negative, and tells what is used by then. @throws when its store cannot be reached */
  add(name: string, points: number): Promise<MinuteUse>;
}

const MINUTE_S = 60;
/** The limit is compared by whoever asks: it may differ from name to name. */
const NO_LIMIT = { points: Number.MAX_SAFE_INTEGER, duration: MINUTE_S };

export function memoryCounter(): MinuteCounter {
  return counterOn(new RateLimiterMemory({ ...NO_LIMIT, keyPrefix: 'byok' }));
}

/** One count for all gateways. */
export function redisCounter(redis: Redis): MinuteCounter {
  return counterOn(new RateLimiterRedis({ ...NO_LIMIT, storeClient: redis, keyPrefix: 'byok:limit' }));
}

function counterOn(limiter: RateLimiterAbstract): MinuteCounter {
  return {
    add: async (name, points) => {
      const { consumedPoints, msBeforeNext } = points < 0 ? await limiter.reward(name, -points) : await limiter.consume(name, points);
      return { used: consumedPoints, resetMs: msBeforeNext };
    },
  };
}
