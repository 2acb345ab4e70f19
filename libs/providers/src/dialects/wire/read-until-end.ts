import type { StreamPart } from '../answer-form.js';
import type { StreamReader } from '../dialect.js';

/** Cuts bytes into events, wherever the chunks are cut. May throw for an event beyond all measure. */
export interface Cutter<Event> {
  see(chunk: Uint8Array): Event[];
  close(): Event[];
}

/** A reader of events one by one. It stops at the first `end` or `error`; what comes later is not looked at. */
export function readUntilEnd<Event>(cutter: Cutter<Event>, read: (event: Event) => StreamPart[]): StreamReader {
  let isOver = false;

  function partsOf(cut: () => Event[]): StreamPart[] {
    const parts: StreamPart[] = [];
    if (isOver) return parts;
    for (const event of eventsOf(cut)) {
      const told = event === null ? [UNREADABLE] : read(event);
      for (const part of told) {
        parts.push(part);
        isOver = part.type === 'end' || part.type === 'error';
        if (isOver) return parts;
      }
    }
    return parts;
  }

  return { see: (chunk) => partsOf(() => cutter.see(chunk)), close: () => partsOf(() => cutter.close()) };
}

/** What a stream says that cannot be understood. */
export const UNREADABLE: StreamPart = { type: 'error', code: null, message: 'The stream holds something that cannot be read.' };

function eventsOf<Event>(cut: () => Event[]): (Event | null)[] {
  try {
    return cut();
  } catch {
    return [null];
  }
}
