import type { Call } from './call.js';

/**
 * The calls that are not finished. An array in which each call knows its place, and not a Set: a Set under constant coming and
 * going leaves a trail of old tables behind, each of which names the next one and the calls that were running at the time. Once
 * the garbage collector has promoted one of them, every call after it is kept until the next full collection.
 */
export class RunningCalls implements Iterable<Call> {
  readonly #calls: Call[] = [];

  get size(): number {
    return this.#calls.length;
  }

  add(call: Call): void {
    call.place = this.#calls.length;
    this.#calls.push(call);
  }

  /** The last call takes the place of the one that goes. */
  delete(call: Call): void {
    if (this.#calls[call.place] !== call) return;
    const last = this.#calls.pop()!;
    if (last === call) return;
    this.#calls[call.place] = last;
    last.place = call.place;
  }

  /** Those that run now: calls may come and go while somebody goes through them. */
  [Symbol.iterator](): Iterator<Call> {
    return this.#calls.slice()[Symbol.iterator]();
  }
}
