/** Somebody with bytes to write. */
export interface Writer {
  flush(): void;
}

/**
 * Puts off writes to the end of the turn of the event loop. Written one after the other, they wake the process at the other end once;
 * written each at its time, with work of ours between, they wake it for every answer, which costs more than the write.
 */
export class TurnWrites {
  #waiting: Writer[] = [];
  readonly #flush = (): void => {
    const writers = this.#waiting;
    this.#waiting = [];
    for (const writer of writers) writer.flush();
  };

  /** Calls `flush` once before the loop goes on to wait; to be asked once a turn. */
  add(writer: Writer): void {
    if (this.#waiting.push(writer) === 1) setImmediate(this.#flush);
  }
}
