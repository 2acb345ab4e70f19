import { AppError } from '@byok/kernel';
import type { Dialer, Trust } from '@byok/platform';
import { LRUCache } from 'lru-cache';
import { ConnectionPool } from './wire/connection-pool.js';
import { Sweep } from './wire/sweep.js';
import type { WireCall } from './wire/wire-call.js';

export interface PoolLimits {
  /** Connections to one origin at most. */
  connections: number;
  /** Calls that may wait for one of them. */
  waiting: number;
  headersTimeoutMs: number;
  bodyIdleTimeoutMs: number;
}

const MAX_POOLS = 2_000;

/** The connections to one origin, for everybody or for one org; its own limits keep its trouble to itself. */
export class UpstreamPool {
  /** As requests name it. */
  readonly host: string;
  readonly #connections: ConnectionPool;
  readonly #capacity: number;

  constructor(origin: URL, dialer: Dialer, trust: Trust, limits: PoolLimits, sweep: Pick<Sweep, 'add' | 'remove'>) {
    this.host = origin.host;
    this.#capacity = limits.connections + limits.waiting;
    this.#connections = new ConnectionPool({ origin, connector: dialer.connectorFor(origin, trust), sweep, ...limits });
  }

  /** @throws AppError upstream_overloaded when this pool is full */
  dispatch(call: WireCall): void {
    if (this.#connections.inFlight >= this.#capacity) throw new AppError('upstream_overloaded', 'Too many calls to this endpoint are running. Try again shortly.');
    this.#connections.dispatch(call);
  }

  /** Takes back a call that still waits for a connection. */
  cancel(call: WireCall): void {
    this.#connections.cancel(call);
  }

  /** Lets running calls finish. */
  close(): void {
    this.#connections.close();
  }

  destroy(): Promise<void> {
    return this.#connections.destroy();
  }
}

/** Pools by origin and bulkhead. An endpoint that a tenant named gets a pool of that tenant; providers' own are shared. */
export class Pools {
  readonly #dialer: Dialer;
  readonly #limits: PoolLimits;
  readonly #sweep = new Sweep();
  readonly #pools: LRUCache<string, UpstreamPool>;

  constructor(dialer: Dialer, limits: PoolLimits) {
    this.#dialer = dialer;
    this.#limits = limits;
    this.#pools = new LRUCache({ max: MAX_POOLS, dispose: (pool) => pool.close() });
  }

  /** @throws AppError endpoint_not_allowed */
  poolFor(url: URL, trust: Trust, bulkhead: string): UpstreamPool {
    const name = `${url.origin} ${trust} ${bulkhead}`;
    const known = this.#pools.get(name);
    if (known) return known;
    this.#dialer.check(url, trust);
    const pool = new UpstreamPool(new URL(url.origin), this.#dialer, trust, this.#limits, this.#sweep);
    this.#pools.set(name, pool);
    return pool;
  }

  /** Cuts what is left; for the end of shutdown. */
  async destroy(): Promise<void> {
    await Promise.allSettled([...this.#pools.values()].map((pool) => pool.destroy()));
  }
}
