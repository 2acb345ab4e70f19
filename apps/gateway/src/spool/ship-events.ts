import { closeSync, existsSync, fstatSync, openSync, readSync, rmSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { promisify } from 'node:util';
import { constants, zstdCompress } from 'node:zlib';
import type { UsageBatch } from '@byok/contracts';
import type { Log, QueueProducer } from '@byok/platform';
import { readCursor, writeCursor, type Cursor } from './cursor.js';
import { gatherEvents, type Gathered } from './gather-events.js';
import { LatelyShipped } from './lately-shipped.js';
import { listSegments, segmentPath } from './segments.js';

export interface ShipperOptions {
  folder: string;
  /** Names the gateway in a batch and makes job ids unique; changes with the folder. */
  gatewayId: string;
  queue: QueueProducer<UsageBatch>;
  /** Segments with a lower number are complete. */
  activeSegment: () => number;
  log: Log;
  batchMs?: number;
  maxEvents?: number;
}

/** Intents and outcomes of about 800 calls. What is gathered from it is far below what a batch may hold. */
const READ_BYTES = 1024 * 1024;
/** The most that one transaction of usage-billing takes in. */
const MAX_EVENTS = 1_000;
const MAX_RETRY_MS = 10_000;
const CLOSE_LIMIT_MS = 3_000;
const compress = promisify(zstdCompress);
/** Events are so much alike that the fastest level makes them thirty times smaller. */
const FASTEST = { params: { [constants.ZSTD_c_compressionLevel]: 1 } };

/**
 * Tails the spool and hands finished events to the queue in batches; a segment is deleted when all of it is with the queue.
 * At least once: after a crash a batch may be sent again, and its events are known by their ids. A queue that can forget, and was
 * away, is sent again what it took in the last moments.
 */
export class Shipper {
  readonly #options: ShipperOptions;
  readonly #buffer = Buffer.allocUnsafe(READ_BYTES);
  #cursor: Cursor;
  /** As it is on disk. After a crash the batches since are sent again, and their events known by their ids. */
  #written: Cursor;
  #timer: NodeJS.Timeout | undefined;
  #failures = 0;
  #running: Promise<void> | undefined;
  #isClosed = false;
  /** undefined where the queue forgets nothing. */
  #lately: LatelyShipped | undefined;
  #hasReturned = false;

  constructor(options: ShipperOptions) {
    this.#options = options;
    this.#cursor = this.#written = readCursor(options.folder);
    if (options.queue.onReturn) {
      this.#lately = new LatelyShipped(this.#cursor, () => performance.now());
      options.queue.onReturn(() => (this.#hasReturned = true));
    }
    for (const segment of listSegments(options.folder)) if (segment < this.#cursor.segment) rmSync(segmentPath(options.folder, segment), { force: true });
    this.#tickLater();
  }

  get cursor(): Readonly<Cursor> {
    return this.#cursor;
  }

  /** Batches that the queue refused in a row; 0 when it takes them. */
  get failures(): number {
    return this.#failures;
  }

  /** Ships what is there, once, and stops; what the queue does not take stays for the next start. */
  async close(): Promise<void> {
    this.#isClosed = true;
    clearTimeout(this.#timer);
    // A queue that does not answer must not hold up the stop: what is not shipped stays in the folder.
    const lastBatches = Promise.resolve(this.#running).then(() => this.#shipAll());
    await Promise.race([lastBatches, new Promise((resolve) => setTimeout(resolve, CLOSE_LIMIT_MS).unref())]);
  }

  #tickLater(): void {
    const pause = this.#failures === 0 ? (this.#options.batchMs ?? 200) : Math.min(2 ** this.#failures * 100, MAX_RETRY_MS);
    this.#timer = setTimeout(() => {
      this.#running = this.#shipAll().finally(() => !this.#isClosed && this.#tickLater());
    }, pause).unref();
  }

  async #shipAll(): Promise<void> {
    try {
      if (this.#hasReturned) this.#sendAgain();
      while (await this.#shipNext());
      for (const segment of this.#lately?.takeOver() ?? []) await this.#remove(segment);
      if (this.#written !== this.#cursor) await this.#writeCursor();
      this.#failures = 0;
    } catch (error) {
      this.#failures += 1;
      if (this.#failures === 1) this.#options.log.warn({ error }, 'usage events wait in the spool: the queue does not take them');
    }
  }

  #sendAgain(): void {
    this.#hasReturned = false;
    this.#cursor = this.#lately!.cursor;
    this.#options.log.warn({}, 'the queue is back: what it took in the last moments is sent again');
  }

  /**
   * One batch from the cursor on; true when there is more to take at once. A batch that was not full means that the writer has been
   * caught up with: going on at its heels would make batches of a handful of events, and a batch costs more than its events.
   */
  async #shipNext(): Promise<boolean> {
    if (!this.#findSegment()) return false;
    const { segment, offset } = this.#cursor;
    const isComplete = segment < this.#options.activeSegment();
    const { lines, events, end, isFull } = this.#readBatch(segmentPath(this.#options.folder, segment), offset);
    if (events > 0) {
      const packed = await compress(lines, FASTEST);
      await this.#options.queue.add({ gatewayId: this.#options.gatewayId, encoding: 'zstd', events: packed.toString('base64') }, `${this.#options.gatewayId}-${segment}-${offset}-${end}`);
    }
    if (end > offset) {
      this.#cursor = { segment, offset: end };
      return isFull || isComplete;
    }
    if (!isComplete) return false;
    this.#cursor = { segment: segment + 1, offset: 0 };
    await this.#writeCursor();
    if (this.#lately) this.#lately.done(segment);
    else await this.#remove(segment);
    return true;
  }

  /** Puts the cursor on a segment that exists; the one it names may be gone, or not be there yet. */
  #findSegment(): boolean {
    if (existsSync(segmentPath(this.#options.folder, this.#cursor.segment))) return true;
    const next = listSegments(this.#options.folder).find((segment) => segment > this.#cursor.segment);
    if (next === undefined) return false;
    this.#cursor = { segment: next, offset: 0 };
    return true;
  }

  async #writeCursor(): Promise<void> {
    const cursor = this.#cursor;
    await writeCursor(this.#options.folder, cursor);
    this.#written = cursor;
    this.#lately?.note(cursor);
  }

  #remove(segment: number): Promise<void> {
    return rm(segmentPath(this.#options.folder, segment), { force: true });
  }

  /** Finished events of the complete lines from `offset` on, as they were written, and where the next batch begins. */
  #readBatch(path: string, offset: number): Gathered & { isFull: boolean } {
    const read = readAt(path, offset, this.#buffer);
    const maxEvents = this.#options.maxEvents ?? MAX_EVENTS;
    const gathered = gatherEvents(read, maxEvents, (at) => this.#options.log.error({ offset: offset + at }, 'a line of the spool cannot be read and was left out'));
    return { ...gathered, end: offset + gathered.end, isFull: gathered.events === maxEvents || read.length === this.#buffer.length };
  }
}

function readAt(path: string, offset: number, buffer: Buffer): Buffer {
  const descriptor = openSync(path, 'r');
  try {
    if (fstatSync(descriptor).size <= offset) return buffer.subarray(0, 0);
    return buffer.subarray(0, readSync(descriptor, buffer, 0, buffer.length, offset));
  } finally {
    closeSync(descriptor);
  }
}
