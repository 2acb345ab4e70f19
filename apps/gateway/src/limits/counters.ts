import type { Clock } from '@byok/kernel';
import type { Log } from '@byok/platform';
import { Redis } from 'ioredis';
import { memoryCounter, redisCounter, type MinuteCounter, type MinuteUse } from './minute-counter.js';
import { memoryRunning, redisRunning, type RunningCounter } from './running-counter.js';

/** Where limits are counted: for all gateways together on Redis, in this one alone without it, or while Redis is away. */
export interface Counters {
  /** `share` of the limit is this gateway's to give at the moment: 1, or less while it counts alone among others. */
  readonly share: number;
  /** Since when Redis has been away, in milliseconds since 1970; undefined when it answers or there is none. */
  readonly degradedSince: number | undefined;
  add(name: string, points: number): Promise<MinuteUse>;
  enter(name: string, id: string, limit: number): Promise<boolean>;
  leave(name: string, id: string): void;
  close(): Promise<void>;
}

export interface CounterOptions {
  redisUrl: string | undefined;
  /** What part of a limit each gateway gives on its own while Redis is away. */
  degradedShare: number;
  clock: Clock;
  log: Log;
}

export function openCounters(options: CounterOptions): Counters {
  const local = { minutes: memoryCounter(), running: memoryRunning() };
  if (options.redisUrl === undefined) return { share: 1, degradedSince: undefined, ...operations(local.minutes, local.running), close: async () => undefined };
  return new SharedCounters(options, options.redisUrl, local);
}

function operations(minutes: MinuteCounter, running: RunningCounter): Pick<Counters, 'add' | 'enter' | 'leave'> {
  return { add: minutes.add, enter: running.enter, leave: running.leave };
}

/** A call waits no longer for a count. */
const COMMAND_TIMEOUT_MS = 250;
/** A Redis that is away is left alone for so long, so that not every call pays for finding out. */
const RETRY_MS = 1_000;

class SharedCounters implements Counters {
  readonly #options: CounterOptions;
  readonly #redis: Redis;
  readonly #minutes: MinuteCounter;
  readonly #running: RunningCounter;
  readonly #local: { minutes: MinuteCounter; running: RunningCounter };
  #degradedSince: number | undefined;
  #retryAt = 0;

  constructor(options: CounterOptions, redisUrl: string, local: { minutes: MinuteCounter; running: RunningCounter }) {
    this.#options = options;
    this.#local = local;
    // Fails at once when Redis is away: a call does not wait for a count.
    this.#redis = new Redis(redisUrl, { enableOfflineQueue: false, maxRetriesPerRequest: 1, commandTimeout: COMMAND_TIMEOUT_MS, connectTimeout: 2_000 });
    this.#redis.on('error', () => undefined);
    this.#minutes = redisCounter(this.#redis);
    this.#running = redisRunning(this.#redis, options.clock);
  }

  get share(): number {
    return this.#degradedSince === undefined ? 1 : this.#options.degradedShare;
  }

  get degradedSince(): number | undefined {
    return this.#degradedSince;
  }

  add(name: string, points: number): Promise<MinuteUse> {
    return this.#shared(
      () => this.#minutes.add(name, points),
      () => this.#local.minutes.add(name, points),
    );
  }

  enter(name: string, id: string, limit: number): Promise<boolean> {
    return this.#shared(
      () => this.#running.enter(name, id, limit),
      () => this.#local.running.enter(name, id, Math.max(1, Math.floor(limit * this.#options.degradedShare))),
    );
  }

  leave(name: string, id: string): void {
    this.#running.leave(name, id);
    this.#local.running.leave(name, id);
  }

  async close(): Promise<void> {
    this.#running.close();
    this.#redis.disconnect();
  }

  async #shared<T>(onRedis: () => Promise<T>, here: () => Promise<T>): Promise<T> {
    if (this.#options.clock.now() < this.#retryAt) return here();
    try {
      const result = await onRedis();
      if (this.#degradedSince !== undefined) this.#options.log.info({}, 'limits are counted for all gateways together again');
      this.#degradedSince = undefined;
      return result;
    } catch (error) {
      if (this.#degradedSince === undefined) this.#options.log.warn({ error, share: this.#options.degradedShare }, 'Redis is away: each gateway counts alone, and gives its share of every limit');
      this.#degradedSince ??= this.#options.clock.now();
      this.#retryAt = this.#options.clock.now() + RETRY_MS;
      return here();
    }
  }
}
