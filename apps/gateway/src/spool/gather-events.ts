import { EVENT_AT, isOutcomeAt, isSilentAt } from './records.js';

/** What a piece of a segment holds for the queue. */
export interface Gathered {
  /** The events as they were written, one JSON a line, without a newline at the end. They lie at the front of the piece. */
  lines: Buffer;
  events: number;
  /** How much of the piece was read: up to the end of a whole line. */
  end: number;
}

const NEWLINE = 10;
/** The record's own closing brace. */
const BEHIND_EVENT = 1;

/**
 * Finds the finished events in the whole lines of a piece, at most so many, and moves them together at its front, which they
 * overwrite: no line becomes a string, and nothing is copied elsewhere. `onForeign` hears where a line begins that nobody here wrote.
 */
export function gatherEvents(piece: Buffer, maxEvents: number, onForeign: (at: number) => void): Gathered {
  let events = 0;
  let filled = 0;
  let start = 0;
  while (events < maxEvents) {
    const newline = piece.indexOf(NEWLINE, start);
    if (newline === -1) break;
    if (isOutcomeAt(piece, start, newline)) {
      const [from, to] = [start + EVENT_AT, newline - BEHIND_EVENT];
      piece.copyWithin(filled, from, to);
      filled += to - from;
      piece[filled++] = NEWLINE;
      events += 1;
    } else if (!isSilentAt(piece, start, newline)) onForeign(start);
    start = newline + 1;
  }
  return { lines: piece.subarray(0, Math.max(filled - 1, 0)), events, end: start };
}
