import { TICK_MS } from './connection.js';

export interface Swept {
  tick(): void;
}

/** The one timer of all connections: a timer for every call would cost more than all that they watch over. Runs while there is something to watch. */
export class Sweep {
  readonly #swept = new Set<Swept>();
  #timer: NodeJS.Timeout | undefined;

  add(swept: Swept): void {
    this.#swept.add(swept);
    this.#timer ??= setInterval(() => this.#tick(), TICK_MS).unref();
  }

  remove(swept: Swept): void {
    this.#swept.delete(swept);
    if (this.#swept.size > 0) return;
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  #tick(): void {
    for (const each of [...this.#swept]) each.tick();
  }
}
