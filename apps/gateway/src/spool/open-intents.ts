/** An intent that waits for its outcome: its line, and where it stands among the others. */
export class OpenIntent {
  place = 0;

  constructor(readonly line: string) {}
}

/**
 * Intents without an outcome. An array in which each intent knows its place, so that nothing is looked up by name; and not a Map,
 * whose discarded tables form a chain through which, once one of them has been promoted, the garbage collector keeps every later
 * line until the next full collection.
 */
export class OpenIntents {
  readonly #intents: OpenIntent[] = [];

  get size(): number {
    return this.#intents.length;
  }

  add(intent: OpenIntent): void {
    intent.place = this.#intents.length;
    this.#intents.push(intent);
  }

  /** The last one takes the place of the one that goes; one that is not here changes nothing. */
  delete(intent: OpenIntent): void {
    if (this.#intents[intent.place] !== intent) return;
    const last = this.#intents.pop()!;
    if (last === intent) return;
    this.#intents[intent.place] = last;
    last.place = intent.place;
  }

  /** All of them, as they are written. */
  lines(): string {
    return this.#intents.map(({ line }) => line).join('');
  }
}
