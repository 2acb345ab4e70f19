import type { StreamGate } from './stream-through.js';

const LF = 10;
const CR = 13;
/** An event that is longer than this goes out in pieces. */
const MAX_HELD_BYTES = 1024 * 1024;
const EMPTY = Buffer.alloc(0);
const ERROR = '"error"';
/** A name in every usage of an OpenAI stream; and, as inside a text the quotes are escaped, a field named error: a provider's complaint, which may quote the key. */
const TELLING = /"error"|prompt_tokens/g;

/**
 * Lets a stream pass in whole events, so that what is cut off never ends in half of one. Leaves out the usage event when the
 * caller did not ask for it, and takes the key out of error events. Every other byte passes as it came.
 */
export class SseGate implements StreamGate {
  /** The caller reads the provider's own words about that. */
  readonly failure = null;
  readonly #hidesUsage: boolean;
  readonly #redact: (text: string) => string;
  #held: Buffer = EMPTY;

  constructor(hidesUsage: boolean, redact: (text: string) => string) {
    this.#hidesUsage = hidesUsage;
    this.#redact = redact;
  }

  /** The bytes that may go to the client now. */
  pass(chunk: Buffer): Buffer {
    const bytes = this.#held.length === 0 ? chunk : Buffer.concat([this.#held, chunk]);
    const end = endOfLastEvent(bytes);
    this.#held = end === bytes.length ? EMPTY : bytes.subarray(end);
    if (this.#held.length > MAX_HELD_BYTES) {
      this.#held = EMPTY;
      return bytes;
    }
    return this.#clean(end === bytes.length ? bytes : bytes.subarray(0, end));
  }

  /** What is left at a clean end: an event whose closing blank line the provider left out. */
  rest(): Buffer {
    const held = this.#held;
    this.#held = EMPTY;
    return this.#clean(held);
  }

  #clean(events: Buffer): Buffer {
    const text = events.toString('latin1');
    let mayQuoteKey = false;
    let kept = EMPTY;
    let from = 0;
    let lookedAtTo = 0;
    TELLING.lastIndex = 0;
    for (let found = TELLING.exec(text); found; found = TELLING.exec(text)) {
      if (found[0] === ERROR) mayQuoteKey = true;
      else if (this.#hidesUsage && found.index >= lookedAtTo) {
        const start = endOfLastEvent(events.subarray(0, found.index));
        lookedAtTo = endOfFirstEvent(events, found.index);
        if (!isUsageEvent(events.subarray(start, lookedAtTo))) continue;
        kept = Buffer.concat([kept, events.subarray(from, start)]);
        from = lookedAtTo;
      }
    }
    const shown = from === 0 ? events : Buffer.concat([kept, events.subarray(from)]);
    return mayQuoteKey ? this.#redacted(shown) : shown;
  }

  #redacted(events: Buffer): Buffer {
    const text = events.toString();
    const clean = this.#redact(text);
    return clean === text ? events : Buffer.from(clean);
  }
}

/** Index behind the last blank line; 0 when there is none. Events end with one, in any of the three line ends. */
function endOfLastEvent(bytes: Buffer): number {
  for (let index = bytes.length - 1; index > 0; index--) {
    if (endsBlankLine(bytes, index)) return index + 1;
  }
  return 0;
}

function endsBlankLine(bytes: Buffer, index: number): boolean {
  const last = bytes[index];
  const before = bytes[index - 1];
  if (last === LF) return before === LF || (before === CR && index >= 3 && bytes[index - 2] === LF && bytes[index - 3] === CR);
  // A lone CR may be the first half of CR LF that the next chunk completes; then that LF goes with the next event.
  return last === CR && before === CR;
}

function endOfFirstEvent(bytes: Buffer, start: number): number {
  for (let index = start + 1; index < bytes.length; index++) {
    if (endsBlankLine(bytes, index)) return index + 1;
  }
  return bytes.length;
}

/** The chunk that `stream_options.include_usage` adds: usage, and no choices. */
function isUsageEvent(event: Buffer): boolean {
  const data = event
    .toString()
    .split(/\r\n|\n|\r/)
    .filter((line) => line.startsWith('data:'))
    .map((line) => line.slice(5))
    .join('\n');
  try {
    const { choices, usage } = JSON.parse(data) as { choices?: unknown; usage?: unknown };
    return Array.isArray(choices) && choices.length === 0 && typeof usage === 'object' && usage !== null;
  } catch {
    return false;
  }
}
