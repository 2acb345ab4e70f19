import type { OnReadOpts, Socket } from 'node:net';
import { ResponseReader } from './read-response.js';
import type { WireCall, WireLine } from './wire-call.js';
import { lateBody, lateHead, WireFailure } from './wire-failures.js';

/** Who hands calls to a connection. */
export interface ConnectionOwner {
  /** How many ticks a server may be silent before its response, and in the middle of it. */
  readonly patience: { headTicks: number; bodyTicks: number };
  /** Its call is over, and it can serve another. */
  freed(connection: Connection): void;
  /** It serves nobody any more. Told once, before its call hears of it. */
  gone(connection: Connection, wasServing: boolean): void;
}

/** How often somebody looks whether a server has gone silent: times are counted in these. */
export const TICK_MS = 500;
/** A body up to here goes out with its head as one piece, in one system call. */
const SMALL_BYTES = 64 * 1024;
/** Of a larger one, so much goes out in one turn of the event loop: handing a megabyte to the system at once would hold up everybody. */
const PIECE_BYTES = 128 * 1024;
/** How long an unused connection is kept where the server does not say, and at most where it does. */
const [KEEP_ALIVE_SECONDS, MAX_KEEP_ALIVE_SECONDS] = [15, 60];
/** So much earlier than the server we stop using a connection, lest a request meets its end. */
const SPARE_SECONDS = 2;

/** Whose socket one is. */
const CONNECTIONS = new WeakMap<Socket, Connection>();

/** One socket, which was made with `Connection.READING`, and carries one call at a time. */
export class Connection implements WireLine {
  /**
   * How sockets of connections are read: without the machinery of a stream, and into one buffer for all of them. Each takes a copy
   * of its bytes before anything else happens, for who hears them may keep them. Node calls back as a method of the socket.
   */
  static readonly READING: OnReadOpts = {
    buffer: Buffer.allocUnsafeSlow(64 * 1024),
    callback(this: Socket, length: number, buffer: Uint8Array): boolean {
      const connection = CONNECTIONS.get(this);
      if (connection !== undefined) return connection.#take(length, buffer);
      // With an error, lest somebody wait for this socket for ever.
      this.destroy(unasked());
      return false;
    },
  };

  readonly #socket: Socket;
  readonly #owner: ConnectionOwner;
  readonly #reader = new ResponseReader();
  #call: WireCall | null = null;
  /** What is left of a large body. */
  #unsent: Buffer | null = null;
  #isPaused = false;
  #isGone = false;
  #quietTicks = 0;

  constructor(socket: Socket, owner: ConnectionOwner) {
    this.#socket = socket;
    this.#owner = owner;
    CONNECTIONS.set(socket, this);
    socket.on('end', () => this.#readEnd());
    socket.on('drain', () => this.#sendOnLater());
    socket.on('error', (error: Error) => this.#fail(error));
    socket.on('close', () => this.#fail(new WireFailure('The connection was closed.')));
  }

  get isGone(): boolean {
    return this.#isGone;
  }

  /** Long enough unused that its server may have closed it, and we not have heard of it yet. */
  get isStale(): boolean {
    return this.#quietTicks > 0;
  }

  send(call: WireCall): void {
    this.#call = call;
    this.#quietTicks = 0;
    this.#reader.begin(call);
    call.onSending(this);
    const { head, body } = call;
    if (body === null) this.#socket.write(head, 'latin1');
    else if (body.length <= SMALL_BYTES) this.#sendWhole(head, body);
    else {
      this.#socket.write(head, 'latin1');
      this.#unsent = body;
      this.#sendOn();
    }
  }

  abort(reason: Error): void {
    this.#fail(reason);
  }

  pause(): void {
    this.#isPaused = true;
    this.#socket.pause();
  }

  resume(): void {
    if (!this.#isPaused) return;
    this.#isPaused = false;
    this.#quietTicks = 0;
    this.#socket.resume();
  }

  /** Called every `TICK_MS`. A server that we do not listen to is not late. */
  tick(): void {
    if (this.#isPaused) return;
    this.#quietTicks += 1;
    const { headTicks, bodyTicks } = this.#owner.patience;
    if (this.#call === null) {
      if (this.#quietTicks >= this.#keepAliveSeconds() * (1000 / TICK_MS)) this.#fail(null);
    } else if (this.#reader.isBeforeHead) {
      if (this.#quietTicks > headTicks) this.#fail(lateHead());
    } else if (this.#quietTicks > bodyTicks) this.#fail(lateBody());
  }

  /** Resolves when the socket is closed. */
  destroy(): Promise<void> {
    return new Promise((resolve) => {
      this.#socket.once('close', () => resolve());
      this.#fail(new WireFailure('The connection was given up.'));
    });
  }

  /** One copy is cheaper than a second write. */
  #sendWhole(head: string, body: Buffer): void {
    const bytes = Buffer.allocUnsafe(head.length + body.length);
    bytes.write(head, 0, head.length, 'latin1');
    body.copy(bytes, head.length);
    this.#socket.write(bytes);
  }

  #sendOn(): void {
    if (this.#unsent === null || this.#isGone || this.#isRefused()) return;
    const piece = this.#unsent.subarray(0, PIECE_BYTES);
    this.#unsent = piece.length < this.#unsent.length ? this.#unsent.subarray(piece.length) : null;
    this.#quietTicks = 0;
    // Where it is not taken at once, `drain` goes on.
    if (this.#socket.write(piece)) this.#sendOnLater();
  }

  #sendOnLater(): void {
    if (this.#unsent !== null) setImmediate(() => this.#sendOn());
  }

  /** A server that refuses a request without having read it may close its end; what it says is worth more than the rest of the body. */
  #isRefused(): boolean {
    return !this.#reader.isBeforeHead && this.#reader.head.status >= 300;
  }

  /** False has Node read no further, should it still be at it. What it has decrypted already comes all the same, and is handed on. */
  #take(length: number, buffer: Uint8Array): boolean {
    const chunk = Buffer.allocUnsafe(length);
    chunk.set(length === buffer.length ? buffer : buffer.subarray(0, length));
    this.#read(chunk);
    return !this.#isPaused;
  }

  #read(chunk: Buffer): void {
    // Nobody asked for anything: whatever it is, it must not be taken for the next response.
    if (this.#call === null) return this.#fail(unasked());
    try {
      this.#reader.feed(chunk);
    } catch (error) {
      return this.#fail(error as Error);
    }
    // A head is due as a whole: its bytes one by one are no sign of life.
    if (!this.#reader.isBeforeHead) this.#quietTicks = 0;
    if (this.#call !== null && !this.#reader.isReading) this.#finish();
  }

  #readEnd(): void {
    try {
      if (this.#call !== null) this.#reader.close();
      this.#fail(null);
    } catch (error) {
      this.#fail(error as Error);
    }
  }

  #finish(): void {
    const isUsable = !this.#reader.isLast && this.#unsent === null && this.#socket.writableLength === 0 && this.#keepAliveSeconds() > 0;
    if (!isUsable) return this.#fail(null);
    this.#call = null;
    this.resume();
    this.#owner.freed(this);
  }

  #keepAliveSeconds(): number {
    const { keepAliveSeconds } = this.#reader.head;
    return keepAliveSeconds === -1 ? KEEP_ALIVE_SECONDS : Math.min(keepAliveSeconds - SPARE_SECONDS, MAX_KEEP_ALIVE_SECONDS);
  }

  /** The end of this connection. `error` is for the call whose response is not complete. */
  #fail(error: Error | null): void {
    if (this.#isGone) return;
    this.#isGone = true;
    const call = this.#call;
    this.#call = null;
    this.#unsent = null;
    this.#reader.stop();
    this.#socket.destroy();
    this.#owner.gone(this, call !== null);
    if (error !== null) call?.onFailure(error);
  }
}

function unasked(): WireFailure {
  return new WireFailure('The server spoke without being asked.');
}
