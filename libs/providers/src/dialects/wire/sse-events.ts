/** One event of a text/event-stream. */
export interface SseEvent {
  /** The `event:` field; empty when there is none. */
  name: string;
  /** The `data:` lines, joined with line feeds. */
  data: string;
}

/** An event longer than this is no event of a model. */
const LONGEST_EVENT = 32 * 1024 * 1024;

/**
 * Cuts a text/event-stream into events, wherever its chunks are cut. Lines end in LF, CR LF or CR. Comments and other fields are
 * left out. What stands after the last blank line when the stream closes is an event, too: some providers leave the blank line out.
 */
export class SseEvents {
  readonly #decoder = new TextDecoder();
  #rest = '';
  #name = '';
  #data: string[] = [];
  #length = 0;

  /** The events that this chunk completes. @throws RangeError for an event beyond all measure */
  see(chunk: Uint8Array): SseEvent[] {
    return this.#lines(this.#decoder.decode(chunk, { stream: true }), false);
  }

  close(): SseEvent[] {
    const events = this.#lines(this.#decoder.decode(), true);
    const last = this.#take();
    return last ? [...events, last] : events;
  }

  #lines(text: string, isLast: boolean): SseEvent[] {
    const events: SseEvent[] = [];
    const all = this.#rest + text;
    const hasCr = all.includes('\r');
    let from = 0;
    for (;;) {
      const end = endOfLine(all, from, hasCr);
      // A CR at the very end may be half of a CR LF.
      if (end === -1 || (!isLast && all[end] === '\r' && end === all.length - 1)) break;
      this.#line(all.slice(from, end), events);
      from = all[end] === '\r' && all[end + 1] === '\n' ? end + 2 : end + 1;
    }
    this.#rest = all.slice(from);
    if (isLast && this.#rest !== '') this.#line(this.#rest, events);
    if (isLast) this.#rest = '';
    if (this.#rest.length + this.#length > LONGEST_EVENT) throw new RangeError('an event of the stream is too long');
    return events;
  }

  #line(line: string, events: SseEvent[]): void {
    if (line === '') {
      const event = this.#take();
      if (event) events.push(event);
      return;
    }
    const colon = line.indexOf(':');
    if (colon === 0) return;
    const field = colon === -1 ? line : line.slice(0, colon);
    const value = colon === -1 ? '' : line.slice(line[colon + 1] === ' ' ? colon + 2 : colon + 1);
    if (field === 'event') this.#name = value;
    if (field !== 'data') return;
    this.#data.push(value);
    this.#length += value.length;
  }

  #take(): SseEvent | null {
    const event = this.#data.length === 0 ? null : { name: this.#name, data: this.#data.join('\n') };
    this.#name = '';
    this.#data = [];
    this.#length = 0;
    return event;
  }
}

function endOfLine(text: string, from: number, hasCr: boolean): number {
  const lf = text.indexOf('\n', from);
  const cr = hasCr ? text.indexOf('\r', from) : -1;
  return cr !== -1 && (lf === -1 || cr < lf) ? cr : lf;
}
