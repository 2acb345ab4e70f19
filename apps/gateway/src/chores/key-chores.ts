import type { LifetimeForGateway } from '@byok/contracts';
import type { Clock } from '@byok/kernel';
import type { Sql } from '@byok/platform';
import { PROVIDERS } from '@byok/providers';
import { endLease, holdLease } from './hold-lease.js';
import { revalidateKey, type RevalidateDeps } from './revalidate-key.js';
import { tellWarnings } from './tell-warnings.js';

export interface KeyChoresDeps extends RevalidateDeps {
  db: Sql;
  vault: LifetimeForGateway;
  clock: Clock;
  /** Of this gateway among the others, and the same one after a restart: it takes up what it held. */
  id: string;
}

export const LEASE = 'key-chores';
const LEASE_MS = 60_000;
const WARN_EVERY_MS = 15 * 60_000;
const MOST_AT_ONCE = 4;

/** What one gateway does for all: trying keys that nobody used for long, each provider's one at a time, and telling of those that end. */
export class KeyChores {
  readonly #deps: KeyChoresDeps;
  /** Providers of which a key is being tried. */
  readonly #busy = new Map<string, Promise<void>>();
  #warnAt = 0;
  #isRunning = false;

  constructor(deps: KeyChoresDeps) {
    this.#deps = deps;
  }

  /** Every few seconds; at most one key is begun each time. Never throws. */
  async tick(): Promise<void> {
    if (this.#isRunning) return;
    this.#isRunning = true;
    try {
      if (await holdLease(this.#deps.db, LEASE, this.#deps.id, LEASE_MS)) await this.#doNext();
    } catch (error) {
      this.#deps.log.warn({ error }, 'a chore with keys failed and will be tried again');
    } finally {
      this.#isRunning = false;
    }
  }

  async close(): Promise<void> {
    await Promise.allSettled(this.#busy.values());
    await endLease(this.#deps.db, LEASE, this.#deps.id).catch(() => undefined);
  }

  async #doNext(): Promise<void> {
    const now = this.#deps.clock.now();
    if (now >= this.#warnAt) {
      await tellWarnings(this.#deps);
      this.#warnAt = now + WARN_EVERY_MS;
    }
    if (this.#busy.size >= MOST_AT_ONCE) return;
    const key = await this.#deps.vault.takeRevalidation({ exceptProviders: [...UNPROBED, ...this.#busy.keys()] });
    if (key.id === '') return;
    const tried = revalidateKey(this.#deps, key)
      .catch((error: unknown) => this.#deps.log.warn({ error, keyId: key.keyId }, 'could not try a key that was not used for long'))
      .finally(() => this.#busy.delete(key.provider));
    this.#busy.set(key.provider, tried);
  }
}

/** Those that have no free request: their keys stay where they are. */
const UNPROBED = PROVIDERS.filter(({ probe }) => !probe).map(({ id }) => id);
