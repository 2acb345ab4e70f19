const FLUSH_AFTER_MS = 1_000;

/** Counts what was refused, and writes the counts once a second: a flood of refusals is a row and not a flood of writes. */
export class Tally<T extends object> {
  readonly #write: (what: T, count: number) => Promise<unknown>;
  #counts = new Map<string, { what: T; count: number }>();
  #timer: NodeJS.Timeout | undefined;
  #written: Promise<void> = Promise.resolve();

  constructor(write: (what: T, count: number) => Promise<unknown>) {
    this.#write = write;
  }

  note(what: T, count = 1): void {
    const name = JSON.stringify(what);
    const counted = this.#counts.get(name) ?? { what, count: 0 };
    counted.count += count;
    this.#counts.set(name, counted);
    this.#timer ??= setTimeout(() => void this.flush(), FLUSH_AFTER_MS).unref();
  }

  /** Everything that was noted before is written when this is done, also what a write under way took with it. */
  flush(): Promise<void> {
    this.#written = this.#written.then(() => this.#writeAll());
    return this.#written;
  }

  /** What could not be written is counted again. */
  async #writeAll(): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const counts = [...this.#counts.values()];
    this.#counts = new Map();
    const written = await Promise.allSettled(counts.map(({ what, count }) => this.#write(what, count)));
    written.forEach((each, index) => {
      if (each.status === 'rejected') this.note(counts[index]!.what, counts[index]!.count);
    });
  }
}
