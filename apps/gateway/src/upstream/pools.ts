import { AppError } from '@byok/kernel';
import type { Dialer, Trust } from '@byok/platform';
import { LRUCache } from 'lru-cache';
import { Pool, type Dispatcher } from 'undici';

export interface PoolLimits {
  /** Connections to one origin at most. */
  connections: number;
  /** Calls that may wait for one of them. */
  waiting: number;
  headersTimeoutMs: number;
  bodyIdleTimeoutMs: number;
}

const MAX_HEADER_BYTES = 16 * 1024;
const KEEP_ALIVE_MS = 15_000;
const MAX_POOLS = 2_000;

/** The connections to one origin, for everybody or for one org; its own limits keep its trouble to itself. */
export class UpstreamPool {
  readonly #pool: Pool;
  readonly #capacity: number;
  #inFlight = 0;

  constructor(
    readonly origin: string,
    dialer: Dialer,
    trust: Trust,
    limits: PoolLimits,
  ) {
    this.#capacity = limits.connections + limits.waiting;
    this.#pool = new Pool(origin, {
      connect: dialer.connectorFor(new URL(origin), trust),
      connections: limits.connections,
      pipelining: 1,
      allowH2: false,
      maxHeaderSize: MAX_HEADER_BYTES,
      headersTimeout: limits.headersTimeoutMs,
      bodyTimeout: limits.bodyIdleTimeoutMs,
      keepAliveTimeout: KEEP_ALIVE_MS,
      keepAliveMaxTimeout: KEEP_ALIVE_MS * 4,
    });
  }

  /** @throws AppError upstream_overloaded when this pool is full */
  dispatch(options: Dispatcher.DispatchOptions, handler: Dispatcher.DispatchHandler): void {
    if (this.#inFlight >= this.#capacity) throw new AppError('upstream_overloaded', 'Too many calls to this endpoint are running. Try again shortly.');
    this.#inFlight += 1;
    this.#pool.dispatch(options, handler);
  }

  /** Every dispatched call says once that it is over. */
  release(): void {
    this.#inFlight -= 1;
  }

  get isIdle(): boolean {
    return this.#inFlight === 0;
  }

  close(): Promise<void> {
    return this.#pool.close();
  }

  destroy(): Promise<void> {
    return this.#pool.destroy();
  }
}

/** Pools by origin and bulkhead. An endpoint that a tenant named gets a pool of that tenant; providers' own are shared. */
export class Pools {
  readonly #dialer: Dialer;
  readonly #limits: PoolLimits;
  readonly #pools: LRUCache<string, UpstreamPool>;

  constructor(dialer: Dialer, limits: PoolLimits) {
    this.#dialer = dialer;
    this.#limits = limits;
    // `close` lets running calls finish; it never rejects for a pool that still works.
    this.#pools = new LRUCache({ max: MAX_POOLS, dispose: (pool) => void pool.close().catch(() => undefined) });
  }

  /** @throws AppError endpoint_not_allowed */
  poolFor(url: URL, trust: Trust, bulkhead: string): UpstreamPool {
    const name = `${url.origin} ${trust} ${bulkhead}`;
    const known = this.#pools.get(name);
    if (known) return known;
    this.#dialer.check(url, trust);
    const pool = new UpstreamPool(url.origin, this.#dialer, trust, this.#limits);
    this.#pools.set(name, pool);
    return pool;
  }

  /** Cuts what is left; for the end of shutdown. */
  async destroy(): Promise<void> {
    await Promise.allSettled([...this.#pools.values()].map((pool) => pool.destroy()));
  }
}
