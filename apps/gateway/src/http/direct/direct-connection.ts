import type { Socket } from 'node:net';
import { HeaderNames } from '../../header-names.js';
import type { WholeRequest } from '../caller.js';
import { SMALL_BODY_BYTES } from '../incoming-body.js';
import { ComingRequest } from './coming-request.js';
import { DirectResponse } from './direct-response.js';
import { readHead } from './read-head.js';
import type { TurnWrites, Writer } from './turn-writes.js';

export interface DirectConnectionDeps {
  /** Answers a request; false when it is not one of those that are answered here, and nothing was done. */
  answer(request: WholeRequest, response: DirectResponse): boolean;
  /** Takes over a socket whose next bytes are in its buffer again. */
  takeOver(socket: Socket): void;
  /** Hears once that this connection is closed or taken over. */
  over(connection: DirectConnection): void;
  writes: TurnWrites;
  /** The header lines that say how long an idle connection stays. */
  keepAlive: string;
  /** In milliseconds, from any beginning. */
  now(): number;
}

/**
 * A client's connection for as long as each of its requests is small and in the plainest form, as most of every SDK are. The first one
 * that is not is node:http's, and so is the connection from then on.
 */
export class DirectConnection implements Writer {
  /** Since when nothing is asked on it; undefined while a request comes or an answer is under way. */
  idleSince: number | undefined;
  /** False until the first request. */
  hasAsked = false;
  readonly #socket: Socket;
  readonly #deps: DirectConnectionDeps;
  readonly #names = new HeaderNames();
  #response: DirectResponse | undefined;
  #coming: ComingRequest | undefined;
  /** What came while an answer was under way. */
  #early: Buffer | undefined;
  #isLast = false;
  #pending: Buffer[] = [];
  #pendingBytes = 0;
  #whenWritten: (() => void) | undefined;
  #isFull = false;

  constructor(socket: Socket, deps: DirectConnectionDeps) {
    this.#socket = socket;
    this.#deps = deps;
    this.idleSince = deps.now();
    socket.on('data', this.#onData).on('drain', this.#onDrain).on('end', this.#onEnd).on('error', this.#onError).on('close', this.#onClose);
  }

  get isGone(): boolean {
    return this.#socket.destroyed;
  }

  /** True when no more should be written until `drained`. */
  get isFull(): boolean {
    return this.#isFull;
  }

  /** Written at the end of this turn, or when `flush` is called. False when the client is slow to take what it was sent. */
  write(bytes: Buffer, done?: () => void): boolean {
    if (done) this.#whenWritten = done;
    if (this.#pending.push(bytes) === 1) this.#deps.writes.add(this);
    this.#pendingBytes += bytes.length;
    if (this.#socket.writableLength + this.#pendingBytes > this.#socket.writableHighWaterMark) this.#isFull = true;
    return !this.#isFull;
  }

  flush(): void {
    if (this.#pending.length === 0) return;
    const [pending, whenWritten] = [this.#pending, this.#whenWritten];
    this.#pending = [];
    this.#pendingBytes = 0;
    this.#whenWritten = undefined;
    const last = pending.pop()!;
    if (pending.length > 0) {
      this.#socket.cork();
      for (const bytes of pending) this.#socket.write(bytes);
    }
    const isTaken = this.#socket.write(last, whenWritten);
    if (pending.length > 0) this.#socket.uncork();
    if (this.#isLast && !this.#response) this.#socket.destroySoon();
    if (this.#isFull && isTaken) this.#onDrain();
  }

  /** The answer under way is complete: the next request may come, if there is to be one. */
  answered(isLast: boolean): void {
    this.#response = undefined;
    this.idleSince = this.#deps.now();
    if (isLast) this.endWhenWritten();
    else if (this.#early) setImmediate(this.#goOn);
  }

  /** A request that takes so long to come is left to node:http, which knows when to give it up. */
  leaveIfSlow(now: number, longestMs: number): void {
    const coming = this.#coming;
    if (!coming?.isSlow(now, longestMs)) return;
    this.#coming = undefined;
    this.#handOver(coming.bytes());
  }

  /** Closes it, after what is still to be written. */
  endWhenWritten(): void {
    this.#isLast = true;
    if (this.#pending.length === 0) this.#socket.destroySoon();
  }

  destroy(): void {
    this.#socket.destroy();
  }

  readonly #onData = (chunk: Buffer): void => {
    if (this.#response || this.#early || this.#isLast) return this.#keepForLater(chunk);
    if (this.#coming) this.#coming.add(chunk);
    else if (!this.#begin(chunk)) return this.#handOver(chunk);
    const coming = this.#coming!;
    if (coming.missing > 0) return;
    this.#coming = undefined;
    if (coming.missing < 0 || !this.#answer(coming)) this.#handOver(coming.bytes());
  };

  #begin(chunk: Buffer): boolean {
    const head = readHead(chunk, this.#names);
    if (!head || head.bodyLength > SMALL_BODY_BYTES) return false;
    this.#coming = new ComingRequest(head, chunk, this.#deps.now());
    this.idleSince = undefined;
    return true;
  }

  #answer(coming: ComingRequest): boolean {
    const response = new DirectResponse(this, this.#deps.keepAlive);
    this.#response = response;
    this.hasAsked = true;
    const isAnswered = this.#deps.answer(coming.whole(this.#socket), response);
    if (!isAnswered) this.#response = undefined;
    return isAnswered;
  }

  /** A client that does not wait for its answer is not read from until it has it. */
  #keepForLater(chunk: Buffer): void {
    this.#early = this.#early ? Buffer.concat([this.#early, chunk]) : chunk;
    this.#socket.pause();
  }

  readonly #goOn = (): void => {
    const early = this.#early;
    if (!early || this.#socket.destroyed) return;
    this.#early = undefined;
    this.#socket.resume();
    this.#onData(early);
  };

  #handOver(chunk: Buffer): void {
    const socket = this.#socket;
    socket.pause();
    socket.off('data', this.#onData).off('drain', this.#onDrain).off('end', this.#onEnd).off('error', this.#onError).off('close', this.#onClose);
    this.#deps.over(this);
    socket.unshift(chunk);
    this.#deps.takeOver(socket);
    socket.resume();
  }

  readonly #onDrain = (): void => {
    this.#isFull = false;
    this.#response?.drained();
  };

  /** A client that closes its side does not wait for an answer any more. */
  readonly #onEnd = (): void => {
    if (this.#response) this.#socket.destroy();
    else this.endWhenWritten();
  };

  readonly #onError = (): void => void this.#socket.destroy();

  readonly #onClose = (): void => {
    this.#deps.over(this);
    const response = this.#response;
    this.#response = undefined;
    this.#whenWritten?.();
    response?.closed();
  };
}
