import type { Meters } from '@byok/contracts';
import { Head, NOTHING, Tail, asBuffer } from './byte-window.js';
import { DIALECT_OF } from './endpoints.js';
import type { Dialect, UpstreamEndpoint } from './endpoints.js';
import type { Provider } from './provider.js';
import { readGeminiEnd } from './read-gemini-end.js';
import { readStreamEnd } from './read-stream-end.js';
import { usageFromBytes } from './usage-from-answer.js';

export interface TapResult {
  /** null when the answer carried no usage. Without `sawTerminal` the output may be missing from it. */
  meters: Meters | null;
  /** [DONE], message_stop, response.completed|failed|incomplete or a last event with its finishReason was seen; for a plain answer: it is a whole JSON object. */
  sawTerminal: boolean;
  /** SSE events with data, [DONE] not counted. */
  events: number;
  /** An error event came inside the stream. */
  errorSeen: boolean;
}

export interface UsageTap {
  see(chunk: Uint8Array): void;
  end(): TapResult;
}

/** Watches an answer go by without parsing it; keeps references to what `end` needs. */
export function createUsageTap(provider: Provider, endpoint: UpstreamEndpoint, stream: boolean): UsageTap {
  const dialect = provider.endpoints[endpoint] ?? DIALECT_OF[endpoint];
  return stream ? new StreamTap(provider, dialect) : new AnswerTap(provider, dialect);
}

class AnswerTap implements UsageTap {
  /** Most answers are one chunk. */
  #first: Uint8Array = NOTHING;
  #chunks: Uint8Array[] | null = null;

  constructor(
    readonly provider: Provider,
    readonly dialect: Dialect,
  ) {}

  see(chunk: Uint8Array): void {
    if (this.#chunks) this.#chunks.push(chunk);
    else if (this.#first === NOTHING) this.#first = chunk;
    else this.#chunks = [this.#first, chunk];
  }

  end(): TapResult {
    const answer = this.#chunks ? Buffer.concat(this.#chunks) : asBuffer(this.#first);
    return { meters: usageFromBytes(this.provider, this.dialect, answer), sawTerminal: isWholeObject(answer), events: 0, errorSeen: false };
  }
}

function isWholeObject(answer: Buffer): boolean {
  let start = 0;
  let end = answer.length;
  while (start < end && answer[start]! <= 0x20) start += 1;
  while (end > start && answer[end - 1]! <= 0x20) end -= 1;
  return end - start >= 2 && answer[start] === 0x7b && answer[end - 1] === 0x7d;
}

/** message_start is far smaller. */
const HEAD_ENOUGH = 4096;
/** Usage chunk and [DONE], or message_delta and message_stop, with room for cost details. */
const TAIL_ENOUGH = 4096;
/** A Responses stream ends with the whole response, and what stands behind its usage (user, metadata) is the caller's to fill. */
const LONG_TAIL_ENOUGH = 64 * 1024;
/** So does a Gemini stream with what its answer is grounded on; and its last event holds content. */
const HAS_LONG_TAIL: ReadonlySet<Dialect> = new Set(['openai-responses', 'gemini-generate']);
/** By then the first event is complete, with room for a ping before it. */
const HEAD_EVENTS = 3;

const NEWLINE = 0x0a;
const D = 0x64;

class StreamTap implements UsageTap {
  readonly #head = new Head(HEAD_ENOUGH);
  readonly #tail: Tail;
  #isHeadDone: boolean;
  #isAtLineStart = true;
  #dataLines = 0;
  /** Where the latest event begins: a long last event says what it is only there. */
  #lineChunk: Uint8Array = NOTHING;
  #lineAt = 0;

  constructor(
    readonly provider: Provider,
    readonly dialect: Dialect,
  ) {
    this.#isHeadDone = dialect !== 'anthropic-messages';
    this.#tail = new Tail(HAS_LONG_TAIL.has(dialect) ? LONG_TAIL_ENOUGH : TAIL_ENOUGH);
  }

  see(chunk: Uint8Array): void {
    if (chunk.length === 0) return;
    this.#countDataLines(chunk);
    this.#tail.keep(chunk);
    if (this.#isHeadDone) return;
    this.#head.keep(chunk);
    this.#isHeadDone = this.#head.isFull || this.#dataLines >= HEAD_EVENTS;
  }

  /** Of all field names only `data` begins with a d, so one byte tells, even when a chunk ends inside the word. */
  #countDataLines(chunk: Uint8Array): void {
    if (this.#isAtLineStart && chunk[0] === D) this.#startLine(chunk, 0);
    // Most chunks are an event that ends with its blank line: behind it nothing is searched.
    let text = chunk.length;
    while (text > 0 && chunk[text - 1] === NEWLINE) text -= 1;
    let newline = chunk.indexOf(NEWLINE);
    while (newline !== -1 && newline < text) {
      if (chunk[newline + 1] === D) this.#startLine(chunk, newline + 1);
      newline = chunk.indexOf(NEWLINE, newline + 1);
    }
    this.#isAtLineStart = text < chunk.length;
  }

  #startLine(chunk: Uint8Array, at: number): void {
    this.#dataLines += 1;
    this.#lineChunk = chunk;
    this.#lineAt = at;
  }

  end(): TapResult {
    if (this.dialect === 'gemini-generate') return { ...readGeminiEnd(this.#tail.bytes()), events: this.#dataLines };
    const lastLine = asBuffer(this.#lineChunk).subarray(this.#lineAt);
    const { sawDone, ...read } = readStreamEnd(this.provider, this.dialect, { head: this.#head.bytes(), tail: this.#tail.bytes(), lastLine });
    return { ...read, events: this.#dataLines - (sawDone ? 1 : 0) };
  }
}
