import { BodyScanner, type BodyScan } from '@byok/providers';

/** A request's body. */
export interface ReadBody {
  bytes: Buffer;
  /** What was found in it on its way in; null where nobody has looked yet. */
  scan: BodyScan | null;
}

/** A body of which more is coming. */
export interface IncomingBody {
  /** How much there is of it. */
  readonly bytes: number;
  add(chunk: Buffer): void;
  /** Call it when there is no more: `give` gets the whole, unless it is refused. */
  whole(give: (body: ReadBody) => void): void;
  /** Nobody wants it any more. */
  drop(): void;
}

/** Up to here a body is small. A larger one is read by node:http whoever sends it, and put together, and scanned, as it comes in. */
export const SMALL_BODY_BYTES = 64 * 1024;
/** For one of which nobody said how long it would be. */
const FIRST_ROOM_BYTES = 256 * 1024;
/** How long a body is scanned in one turn of the event loop: time for 200 to 700 KB of a prompt, or for 20 KB of brackets. */
const TURN_MS = 0.1;
const PIECE_BYTES = 16 * 1024;

export interface IncomingBodyOptions {
  /** Its length; null where the client does not say. */
  announced: number | null;
  /** More is refused by whoever reads it. */
  maxBytes: number;
  isScanned: boolean;
  /** Hears what is wrong with a large body, once, as soon as that has come. */
  refuse: (error: unknown) => void;
}

export function incomingBody(options: IncomingBodyOptions): IncomingBody {
  if (options.announced === null) return new Unannounced(options);
  return options.announced <= SMALL_BODY_BYTES ? new Chunks() : largeBody(options.announced, options);
}

function largeBody(room: number, { isScanned, maxBytes, refuse }: IncomingBodyOptions): IncomingBody {
  const body = new OneBuffer(room, maxBytes);
  return isScanned ? new ScannedBuffer(body, refuse) : body;
}

/** Most bodies: one chunk, or a few. */
class Chunks implements IncomingBody {
  bytes = 0;
  readonly #chunks: Buffer[] = [];

  add(chunk: Buffer): void {
    this.bytes += chunk.length;
    this.#chunks.push(chunk);
  }

  whole(give: (body: ReadBody) => void): void {
    give({ bytes: this.#chunks.length === 1 ? this.#chunks[0]! : Buffer.concat(this.#chunks, this.bytes), scan: null });
  }

  /** What there is goes on in another. */
  moveTo(other: IncomingBody): void {
    for (const chunk of this.#chunks) other.add(chunk);
  }

  drop(): void {
    this.#chunks.length = 0;
  }
}

/** It may become large; then it moves. */
class Unannounced implements IncomingBody {
  readonly #chunks = new Chunks();
  #body: IncomingBody = this.#chunks;

  constructor(readonly options: IncomingBodyOptions) {}

  get bytes(): number {
    return this.#body.bytes;
  }

  add(chunk: Buffer): void {
    if (this.#body === this.#chunks && this.bytes + chunk.length > SMALL_BODY_BYTES) {
      this.#body = largeBody(FIRST_ROOM_BYTES, this.options);
      this.#chunks.moveTo(this.#body);
      this.#chunks.drop();
    }
    this.#body.add(chunk);
  }

  whole(give: (body: ReadBody) => void): void {
    this.#body.whole(give);
  }

  drop(): void {
    this.#body.drop();
  }
}

/** A large body goes where it will stay as it comes in: putting a megabyte together at its end would hold up everybody else. */
class OneBuffer implements IncomingBody {
  bytes = 0;
  #buffer: Buffer;

  constructor(
    room: number,
    readonly maxBytes: number,
  ) {
    // Pages that nothing is written to take no memory: announcing much and sending little costs us nothing.
    this.#buffer = Buffer.allocUnsafeSlow(room);
  }

  /** Node's parser never gives more than what was announced; what is more than allowed is dropped here, and refused by the reader. */
  add(chunk: Buffer): void {
    if (this.bytes + chunk.length > this.#buffer.length && this.#buffer.length < this.maxBytes) this.#makeRoom(chunk.length);
    chunk.copy(this.#buffer, this.bytes);
    this.bytes += chunk.length;
  }

  whole(give: (body: ReadBody) => void): void {
    give({ bytes: this.first(this.bytes), scan: null });
  }

  /** Twice as much, so that nothing is copied more than once on the average. */
  #makeRoom(bytes: number): void {
    const larger = Buffer.allocUnsafeSlow(Math.min(this.maxBytes, Math.max(2 * this.#buffer.length, this.bytes + bytes)));
    this.#buffer.copy(larger, 0, 0, this.bytes);
    this.#buffer = larger;
  }

  first(bytes: number): Buffer {
    return this.#buffer.subarray(0, bytes);
  }

  drop(): void {}
}

/**
 * The same, scanned a while in each turn of the loop: a client that is fast enough makes node read a megabyte in one turn, and to
 * scan it all there would hold up everybody else, too.
 */
class ScannedBuffer implements IncomingBody {
  readonly #body: OneBuffer;
  readonly #scanner = new BodyScanner();
  #scanned = 0;
  #isTurnAskedFor = false;
  #isOver = false;
  #give: ((body: ReadBody) => void) | undefined;

  constructor(
    body: OneBuffer,
    readonly refuse: (error: unknown) => void,
  ) {
    this.#body = body;
  }

  get bytes(): number {
    return this.#body.bytes;
  }

  add(chunk: Buffer): void {
    if (this.#isOver) return;
    this.#body.add(chunk);
    this.#askForTurn();
  }

  whole(give: (body: ReadBody) => void): void {
    this.#give = give;
    if (this.#scanned === this.bytes) this.#scanOn();
  }

  drop(): void {
    this.#isOver = true;
  }

  #askForTurn(): void {
    if (this.#isTurnAskedFor) return;
    this.#isTurnAskedFor = true;
    setImmediate(() => {
      this.#isTurnAskedFor = false;
      this.#scanOn();
    });
  }

  #scanOn(): void {
    if (this.#isOver) return;
    try {
      const until = performance.now() + TURN_MS;
      do {
        this.#scanned = Math.min(this.bytes, this.#scanned + PIECE_BYTES);
        this.#scanner.read(this.#body.first(this.#scanned));
      } while (this.#scanned < this.bytes && performance.now() < until);
      if (this.#scanned < this.bytes) this.#askForTurn();
      else if (this.#give) this.#finish(this.#give);
    } catch (error) {
      this.#isOver = true;
      this.refuse(error);
    }
  }

  #finish(give: (body: ReadBody) => void): void {
    const bytes = this.#body.first(this.bytes);
    give({ bytes, scan: this.#scanner.end(bytes) });
  }
}
