import type { Cursor } from './cursor.js';

/** How much a queue may have lost that came back: Redis with `appendfsync everysec` loses a second or two, a replica what it lagged. */
const REPEATED_MS = 10_000;

/** Where the cursor was in the last moments, for the case that the queue forgot what it had taken by then. */
export class LatelyShipped {
  #marks: { at: number; cursor: Cursor }[];
  /** Segments that are with the queue as a whole, and since when. */
  #segments: { at: number; segment: number }[] = [];

  constructor(
    start: Cursor,
    private readonly now: () => number,
  ) {
    this.#marks = [{ at: now(), cursor: start }];
  }

  note(cursor: Cursor): void {
    this.#marks.push({ at: this.now(), cursor });
    const newest = this.#marks.findLastIndex((mark) => mark.at <= this.now() - REPEATED_MS);
    if (newest > 0) this.#marks.splice(0, newest);
  }

  /** From where on everything is to be sent again. */
  get cursor(): Cursor {
    return this.#marks[0]!.cursor;
  }

  done(segment: number): void {
    this.#segments.push({ at: this.now(), segment });
  }

  /** Segments that nobody will ask for any more. */
  takeOver(): number[] {
    const over = this.#segments.filter(({ at }) => at <= this.now() - REPEATED_MS);
    this.#segments = this.#segments.filter((each) => !over.includes(each));
    return over.map(({ segment }) => segment);
  }
}
