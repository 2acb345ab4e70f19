import type { Clock } from '@byok/kernel';
import type { Redis } from 'ioredis';

/** Counts what runs at the same time, by name. */
export interface RunningCounter {
  /** Adds one unless so many run already; tells whether it was added. @throws when its store cannot be reached */
  enter(name: string, id: string, limit: number): Promise<boolean>;
  leave(name: string, id: string): void;
  close(): void;
}

export function memoryRunning(): RunningCounter {
  const running = new Map<string, Set<string>>();
  return {
    enter: async (name, id, limit) => {
      const ids = running.get(name) ?? new Set();
      if (ids.size >= limit) return false;
      running.set(name, ids.add(id));
      return true;
    },
    leave: (name, id) => {
      const ids = running.get(name);
      ids?.delete(id);
      if (ids?.size === 0) running.delete(name);
    },
    close: () => undefined,
  };
}

/** A gateway that dies leaves its calls behind; they count until their lease ends. */
const LEASE_MS = 30_000;
const BEAT_MS = 10_000;

/** Members are calls, scores the ends of their leases. */
const ENTER = `
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', ARGV[1])
if redis.call('ZCARD', KEYS[1]) >= tonumber(ARGV[2]) then return 0 end
redis.call('ZADD', KEYS[1], ARGV[3], ARGV[4])
redis.call('PEXPIRE', KEYS[1], ${LEASE_MS * 2})
return 1`;

/** One count for all gateways. */
export function redisRunning(redis: Redis, clock: Clock): RunningCounter {
  const entered = new Map<string, Set<string>>();
  const keyOf = (name: string): string => `byok:running:${name}`;
  const beat = (): void => {
    const end = clock.now() + LEASE_MS;
    for (const [name, ids] of entered) redis.zadd(keyOf(name), 'XX', ...[...ids].flatMap((id) => [end, id])).catch(() => undefined);
  };
  const timer = setInterval(beat, BEAT_MS).unref();
  return {
    enter: async (name, id, limit) => {
      const now = clock.now();
      const isIn = (await redis.eval(ENTER, 1, keyOf(name), now, limit, now + LEASE_MS, id)) === 1;
      if (isIn) entered.set(name, (entered.get(name) ?? new Set<string>()).add(id));
      return isIn;
    },
    leave: (name, id) => {
      const ids = entered.get(name);
      if (!ids?.delete(id)) return;
      if (ids.size === 0) entered.delete(name);
      redis.zrem(keyOf(name), id).catch(() => undefined);
    },
    close: () => clearInterval(timer),
  };
}
