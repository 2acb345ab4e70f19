import type { Dek } from '@byok/envelope';
import type { Clock } from '@byok/kernel';
import { LRUCache } from 'lru-cache';

import { faultOf } from '../kms/kms-fault.js';

export interface OpenedDek {
  dek: Dek;
  /** Wrapped under a KEK that a customer holds and may take away. */
  isCustomers: boolean;
}

interface Entry extends OpenedDek {
  openedAt: number;
  /** While its KMS is away it is asked again from this moment on. */
  retryAt: number;
}

const MINUTE = 60_000;
/** Asked for anew ahead of its end; taken without asking; taken while the KMS cannot be reached. */
const OPERATORS = { aheadMs: 8 * MINUTE, freshMs: 10 * MINUTE, staleMs: 20 * MINUTE };
/** A customer that disables its KEK stops its org within this time, whoever does not answer. */
export const CUSTOMERS = { aheadMs: 0.8 * MINUTE, freshMs: MINUTE, staleMs: MINUTE };
const RETRY_MS = 5_000;
/** So long what a KMS said no to is not asked for again: a disabled KEK must not turn every call into a question. */
const REFUSAL_MS = 1_000;
const MAX_DEKS = 2_000;

/**
 * DEKs in memory, by name. One unwrap at a time per DEK: a KMS that answers slowly is not asked by every call that waits. A KMS
 * that is away stops nothing that was open when it went; one that refuses its KEK does, at the next question.
 */
export class DekMemory {
  readonly #entries = new LRUCache<string, Entry>({ max: MAX_DEKS, ttl: OPERATORS.staleMs });
  readonly #refusals = new LRUCache<string, { error: unknown; until: number }>({ max: MAX_DEKS });
  readonly #opening = new Map<string, Promise<Dek>>();

  constructor(private readonly clock: Clock) {}

  async get(name: string, open: () => Promise<OpenedDek>): Promise<Dek> {
    const entry = this.#entries.get(name);
    const now = this.clock.now();
    const refusal = this.#refusals.get(name);
    if (!entry && refusal && now < refusal.until) throw refusal.error;
    if (!entry) return this.#open(name, open);
    const age = now - entry.openedAt;
    const limits = entry.isCustomers ? CUSTOMERS : OPERATORS;
    if (age < limits.freshMs) {
      if (age >= limits.aheadMs && now >= entry.retryAt) void this.#open(name, open).catch((error: unknown) => this.#failed(name, entry, error));
      return entry.dek;
    }
    if (age < limits.staleMs && now < entry.retryAt) return entry.dek;
    try {
      return await this.#open(name, open);
    } catch (error) {
      if (this.#failed(name, entry, error) && age < limits.staleMs) return entry.dek;
      throw error;
    }
  }

  /** How long what was opened with this DEK may be kept; undefined where no customer can take the KEK away. */
  keepMs(name: string): number | undefined {
    const entry = this.#entries.peek(name);
    return entry?.isCustomers ? Math.max(1, entry.openedAt + CUSTOMERS.freshMs - this.clock.now()) : undefined;
  }

  /** Forgets what begins so; an unwrap that is underway is not kept either. */
  drop(beginning: string): void {
    for (const names of [this.#entries, this.#refusals, this.#opening]) for (const name of [...names.keys()]) if (name.startsWith(beginning)) names.delete(name);
  }

  #open(name: string, open: () => Promise<OpenedDek>): Promise<Dek> {
    const underway = this.#opening.get(name);
    if (underway) return underway;
    const startedAt = this.clock.now();
    const started = open()
      .then((opened) => {
        if (this.#opening.get(name) === started) this.#entries.set(name, { ...opened, openedAt: startedAt, retryAt: 0 });
        return opened.dek;
      })
      .catch((error: unknown) => {
        if (faultOf(error)) this.#refusals.set(name, { error, until: this.clock.now() + REFUSAL_MS });
        throw error;
      })
      .finally(() => this.#opening.get(name) === started && this.#opening.delete(name));
    this.#opening.set(name, started);
    return started;
  }

  /** True when the failure says nothing about the DEK; else it is forgotten. */
  #failed(name: string, entry: Entry, error: unknown): boolean {
    const isAway = faultOf(error) === 'unreachable';
    if (isAway) entry.retryAt = this.clock.now() + RETRY_MS;
    else if (this.#entries.peek(name) === entry) this.#entries.delete(name);
    return isAway;
  }
}
