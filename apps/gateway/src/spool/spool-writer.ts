import { closeSync, ftruncateSync, openSync, writeSync } from 'node:fs';
import { AppError } from '@byok/kernel';
import type { Log } from '@byok/platform';
import { TRIAL_LINE } from './records.js';
import { OpenIntents, type OpenIntent } from './open-intents.js';
import { segmentPath } from './segments.js';

export interface SpoolWriterOptions {
  folder: string;
  /** Number of the first segment to write; it must not exist. */
  firstSegment: number;
  /** A segment that has grown beyond this is closed and the next one begun. */
  segmentBytes: number;
  /** Bytes that wait to be shipped, in all segments; beyond `maxBytes` the spool takes no more intents. */
  waitingBytes: () => number;
  maxBytes: number;
  log: Log;
}

const RETRY_MS = 1_000;
/** Outcomes kept in memory while the disk refuses them; beyond it the intent on disk is what remains of an attempt. */
const MAX_UNWRITTEN_BYTES = 64 * 1024 * 1024;

/**
 * The writing end of the spool: append-only segments, one write(2) for all records of an event-loop turn.
 * No fsync: what is in the page cache survives the death of this process, which is what the spool is for.
 */
export class SpoolWriter {
  readonly #options: SpoolWriterOptions;
  readonly #openIntents = new OpenIntents();
  #descriptor: number;
  #segment: number;
  #size = 0;
  #intents: OpenIntent[] = [];
  /** Lines that are to be written, and the intents that they close. */
  #outcomes = '';
  #closed: OpenIntent[] = [];
  #turn: PromiseWithResolvers<void> | undefined;
  #isScheduled = false;
  #isWritable = true;
  #isClosed = false;

  constructor(options: SpoolWriterOptions) {
    this.#options = options;
    this.#segment = options.firstSegment;
    this.#descriptor = openSync(segmentPath(options.folder, this.#segment), 'ax', 0o600);
  }

  /** Segments with a lower number are complete. */
  get activeSegment(): number {
    return this.#segment;
  }

  get openIntents(): number {
    return this.#openIntents.size;
  }

  /** False after the disk refused a write, until one succeeds again. */
  get isWritable(): boolean {
    return this.#isWritable;
  }

  /**
   * Records that a provider is about to be called. Resolves when the line is with the kernel; call the provider after that.
   * @throws AppError service_unavailable when it cannot be written: an unmetered call must not happen
   */
  intend(intent: OpenIntent): Promise<void> {
    this.#intents.push(intent);
    this.#schedule();
    return (this.#turn ??= Promise.withResolvers<void>()).promise;
  }

  /** Records how an attempt ended, null where there was no intent. Never fails the call: what the disk refuses is tried again. */
  finish(intent: OpenIntent | null, line: string): void {
    if (this.#outcomes.length < MAX_UNWRITTEN_BYTES) {
      this.#outcomes += line;
      if (intent) this.#closed.push(intent);
    }
    this.#schedule();
  }

  /** Writes what is pending now; for shutdown. */
  close(): void {
    this.#flush();
    this.#isClosed = true;
    closeSync(this.#descriptor);
  }

  #schedule(): void {
    if (this.#isScheduled || this.#isClosed) return;
    this.#isScheduled = true;
    setImmediate(() => this.#flush());
  }

  #flush(): void {
    this.#isScheduled = false;
    if (this.#isClosed) return;
    const turn = this.#turn;
    const intents = this.#intents;
    this.#turn = undefined;
    this.#intents = [];
    try {
      if ((intents.length > 0 || !this.#isWritable) && this.#options.waitingBytes() > this.#options.maxBytes) this.#writeOutcomesAlone();
      this.#append((this.#isWritable ? '' : TRIAL_LINE) + this.#outcomes + linesOf(intents));
      for (const intent of intents) this.#openIntents.add(intent);
      this.#outcomesAreWritten();
      this.#setWritable(true);
      turn?.resolve();
    } catch (error) {
      this.#setWritable(false, error);
      turn?.reject(new AppError('service_unavailable', 'Usage cannot be recorded at the moment, so the call was not made. Try again shortly.', { cause: error }));
      setTimeout(() => this.#schedule(), RETRY_MS).unref();
    }
  }

  /** A full spool still takes the ends of what it let begin. */
  #writeOutcomesAlone(): never {
    this.#append(this.#outcomes);
    this.#outcomesAreWritten();
    throw new Error('the spool is full');
  }

  #outcomesAreWritten(): void {
    for (const intent of this.#closed) this.#openIntents.delete(intent);
    this.#outcomes = '';
    this.#closed = [];
  }

  #append(lines: string): void {
    if (lines.length === 0) return;
    if (this.#size > this.#options.segmentBytes) this.#rotate();
    this.#write(lines);
  }

  /** Begins the next segment with a copy of every open intent, so that the older ones can go as soon as they are shipped. */
  #rotate(): void {
    const next = openSync(segmentPath(this.#options.folder, this.#segment + 1), 'ax', 0o600);
    closeSync(this.#descriptor);
    this.#descriptor = next;
    this.#segment += 1;
    this.#size = 0;
    this.#write(this.#openIntents.lines());
  }

  /** All or nothing: a write that the disk took in part is cut off again. Records are ASCII, so characters are bytes. */
  #write(lines: string): void {
    const written = writeSync(this.#descriptor, lines, null, 'latin1');
    if (written < lines.length) {
      ftruncateSync(this.#descriptor, this.#size);
      throw new Error('the disk took a part of the records only');
    }
    this.#size += written;
  }

  #setWritable(isWritable: boolean, error?: unknown): void {
    if (isWritable === this.#isWritable) return;
    this.#isWritable = isWritable;
    if (isWritable) this.#options.log.info({}, 'the spool can be written again');
    else this.#options.log.error({ error }, 'the spool cannot be written: calls are refused until it can');
  }
}

function linesOf(intents: readonly OpenIntent[]): string {
  let lines = '';
  for (const { line } of intents) lines += line;
  return lines;
}
