/**
 * Lines of intents without an outcome, by event id. Not a Map: its discarded tables form a chain through which, once one of them
 * has been promoted, the garbage collector keeps every later line until the next full collection.
 */
export class OpenIntents {
  readonly #lines: Record<string, string> = Object.create(null) as Record<string, string>;
  #size = 0;

  get size(): number {
    return this.#size;
  }

  add(eventId: string, line: string): void {
    if (this.#lines[eventId] === undefined) this.#size += 1;
    this.#lines[eventId] = line;
  }

  delete(eventId: string): void {
    if (this.#lines[eventId] === undefined) return;
    this.#size -= 1;
    delete this.#lines[eventId];
  }

  /** All of them, as they are written. */
  lines(): string {
    return Object.values(this.#lines).join('');
  }
}
