import { AppError, type Clock } from '@byok/kernel';
import { LRUCache } from 'lru-cache';
import type { ChangeLedger } from './change-ledger.js';

export interface FreshCacheOptions<Question, Value> {
  max: number;
  /** How long a value is taken without asking its source again. */
  freshMs: number;
  /** How long a value may still serve while its source cannot be reached. */
  staleMs: number;
  clock: Clock;
  changes: ChangeLedger;
  load: (question: Question) => Promise<Value>;
  orgOf: (value: Value) => string;
  /** When a value stops being true by itself, whether or not its source can be reached; undefined: it does not. */
  endOf?: (value: Value) => number | undefined;
}

interface Entry<Value> {
  value: Value;
  loadedAt: number;
  mark: number;
  /** While the source is away it is asked again from this moment on. */
  retryAt: number;
}

/** Freshness while change notices may be missed. */
const FRESH_WITHOUT_NOTICES_MS = 5_000;
/** A value is loaded anew ahead of its end, so that no call waits for it. */
const REFRESH_AHEAD = 0.8;
const RETRY_MS = 1_000;

/**
 * Values of a slow source by key: fresh for a while, loaded once however many ask, gone at once when their org changes, and
 * used beyond their time only while the source cannot be reached.
 */
export class FreshCache<Question, Value extends object> {
  readonly #options: FreshCacheOptions<Question, Value>;
  readonly #entries: LRUCache<string, Entry<Value>>;
  readonly #loading = new Map<string, { mark: number; promise: Promise<Value> }>();
  #staleServed = 0;
  #staleSince: number | undefined;

  constructor(options: FreshCacheOptions<Question, Value>) {
    this.#options = options;
    this.#entries = new LRUCache({ max: options.max });
  }

  /** The value itself when it is at hand, a promise of it when it must be loaded. */
  get(key: string, question: Question): Value | Promise<Value> {
    const entry = this.#usable(key);
    if (!entry) return this.#load(key, question, undefined);
    const now = this.#options.clock.now();
    const age = now - entry.loadedAt;
    const freshMs = this.#freshMs();
    if (age < freshMs * REFRESH_AHEAD) return entry.value;
    if (now < entry.retryAt) return this.#serveStale(entry, now) ?? this.#load(key, question, undefined);
    const loading = this.#load(key, question, entry);
    if (age >= freshMs) return loading;
    loading.catch(() => undefined);
    return entry.value;
  }

  /** Forgets one value: the next question goes to the source. */
  drop(key: string): void {
    this.#entries.delete(key);
  }

  /** How often a value was served beyond its time because its source was away. */
  get staleServed(): number {
    return this.#staleServed;
  }

  /** Since when the source has been away, or undefined. */
  get staleSince(): number | undefined {
    return this.#staleSince;
  }

  #usable(key: string): Entry<Value> | undefined {
    const entry = this.#entries.get(key);
    if (!entry) return undefined;
    if (this.#options.changes.isUntouched(this.#options.orgOf(entry.value), entry.mark) && !this.#hasEnded(entry.value)) return entry;
    this.#entries.delete(key);
    return undefined;
  }

  #hasEnded(value: Value): boolean {
    const end = this.#options.endOf?.(value);
    return end !== undefined && end <= this.#options.clock.now();
  }

  #load(key: string, question: Question, stale: Entry<Value> | undefined): Promise<Value> {
    const mark = this.#options.changes.sequence;
    const running = this.#loading.get(key);
    // A load that began before the latest notice may have read what was there before it.
    if (running && running.mark === mark) return running.promise;
    const promise = this.#ask(key, question, mark, stale).finally(() => {
      if (this.#loading.get(key)?.promise === promise) this.#loading.delete(key);
    });
    this.#loading.set(key, { mark, promise });
    return promise;
  }

  async #ask(key: string, question: Question, mark: number, stale: Entry<Value> | undefined): Promise<Value> {
    try {
      const value = await this.#options.load(question);
      this.#entries.set(key, { value, loadedAt: this.#options.clock.now(), mark, retryAt: 0 });
      this.#staleSince = undefined;
      return value;
    } catch (error) {
      if (!isUnreachable(error)) {
        this.#entries.delete(key);
        throw error;
      }
      const now = this.#options.clock.now();
      this.#staleSince ??= now;
      if (stale) stale.retryAt = now + RETRY_MS;
      const value = stale && this.#usable(key) === stale ? this.#serveStale(stale, now) : undefined;
      if (value) return value;
      throw error;
    }
  }

  #serveStale(entry: Entry<Value>, now: number): Value | undefined {
    if (now - entry.loadedAt > this.#options.staleMs) return undefined;
    this.#staleServed += 1;
    return entry.value;
  }

  #freshMs(): number {
    return this.#options.changes.isListening ? this.#options.freshMs : Math.min(this.#options.freshMs, FRESH_WITHOUT_NOTICES_MS);
  }
}

/** The source is away, which says nothing about the value; every other error is its answer. */
function isUnreachable(error: unknown): boolean {
  return !(error instanceof AppError) || error.code === 'service_unavailable' || error.code === 'internal';
}
