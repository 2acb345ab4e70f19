import { endOfFields, endOfHead } from './scan-head.js';
import { checkTrailers, ResponseHead } from './read-head.js';
import type { ResponseListener } from './wire-call.js';
import { malformed, WireFailure } from './wire-failures.js';

/** Between a request and its response servers may say that they are still at it, but not for ever. */
const MAX_INTERIM = 32;
/** The line before a chunk: its length and what servers like to add. */
const MAX_CHUNK_LINE = 256;
/** A length of at most 2^40, and extensions of bare words, which are ignored. */
const CHUNK_LINE = /^[0-9a-f]{1,10}(?:;[!#$%&'*+\-.^_`|~0-9a-z]+(?:=[!#$%&'*+\-.^_`|~0-9a-z]+)?)*$/i;
const [CR, LF] = [13, 10];
/** Small chunks of one read are handed on together, up to here: what is done with each costs more than to copy it. */
const GATHERED_BYTES = 16 * 1024;

type Reading = 'nothing' | 'head' | 'length' | 'until-close' | 'chunk-line' | 'chunk' | 'chunk-end' | 'trailers';

/** Reads one response after the other from bytes that are cut anywhere, strictly: of two ways to read something it takes none. */
export class ResponseReader {
  readonly head = new ResponseHead();
  #reading: Reading = 'nothing';
  #listener: ResponseListener | null = null;
  /** Bytes that are left of what is being read. */
  #left = 0;
  #interim = 0;
  /** The beginning of something that is not there as a whole yet. */
  #kept: Buffer | null = null;
  /** Of chunks that were read and not handed on yet. */
  #gathered: Buffer[] = [];
  #gatheredBytes = 0;
  /** Whether anything stands in the way of another response on this connection. */
  isLast = false;

  get isReading(): boolean {
    return this.#reading !== 'nothing';
  }

  /** True from the request to the end of the head. */
  get isBeforeHead(): boolean {
    return this.#reading === 'head';
  }

  begin(listener: ResponseListener): void {
    this.#listener = listener;
    this.#reading = 'head';
    this.#interim = 0;
    this.isLast = false;
  }

  /** Reads no further. May be called by the listener. */
  stop(): void {
    this.#reading = 'nothing';
    this.#listener = null;
    this.#kept = null;
    this.#gathered = [];
    this.#gatheredBytes = 0;
  }

  /** @throws WireFailure, AppError, and whatever the listener throws; nothing of this connection may be read after that */
  feed(chunk: Buffer): void {
    const bytes = this.#kept === null ? chunk : Buffer.concat([this.#kept, chunk]);
    this.#kept = null;
    try {
      this.#readAll(bytes);
    } finally {
      // Also what stood before something malformed has been said.
      this.#giveGathered();
    }
  }

  #readAll(bytes: Buffer): void {
    let at = 0;
    while (at < bytes.length && this.#reading !== 'nothing') {
      const next = this.#step(bytes, at);
      if (next === -1) {
        this.#kept = at === 0 ? bytes : bytes.subarray(at);
        return;
      }
      at = next;
    }
    // Nobody asked for what follows, so nothing that follows can be believed.
    if (at < bytes.length) this.isLast = true;
  }

  /** The server says nothing more. @throws WireFailure when it has not said everything */
  close(): void {
    if (this.#reading === 'until-close') this.#end();
    else if (this.#reading !== 'nothing') throw new WireFailure('The connection ended before the response did.');
  }

  /** Where the next thing begins; -1 when this one is not there as a whole. */
  #step(bytes: Buffer, at: number): number {
    switch (this.#reading) {
      case 'head':
        return this.#readHead(bytes, at);
      case 'length':
      case 'chunk':
        return this.#readCounted(bytes, at);
      case 'until-close':
        this.#listener!.onData(at === 0 ? bytes : bytes.subarray(at));
        return bytes.length;
      case 'chunk-line':
        return this.#readChunkLine(bytes, at);
      case 'chunk-end':
        return this.#readChunkEnd(bytes, at);
      case 'trailers':
        return this.#readTrailers(bytes, at);
      case 'nothing':
        return at;
    }
  }

  #readHead(bytes: Buffer, at: number): number {
    const end = endOfHead(bytes, at);
    if (end === -1) return -1;
    const { head } = this;
    head.read(bytes.toString('latin1', at, end));
    const { status } = head;
    if (status < 200) {
      this.#interim += 1;
      if (status === 101 || head.isLast || this.#interim > MAX_INTERIM) throw malformed('it is not the answer, and none can follow');
      return end;
    }
    const isEmpty = status === 204 || status === 304;
    // A body where none may be would be read as the next response.
    this.isLast = head.isLast || (isEmpty && (head.length > 0 || head.isChunked));
    this.#left = head.length;
    this.#reading = isEmpty || head.length === 0 ? 'nothing' : head.isChunked ? 'chunk-line' : head.length === -1 ? 'until-close' : 'length';
    const isOver = this.#reading === 'nothing';
    if (this.#reading === 'until-close') this.isLast = true;
    const listener = this.#listener!;
    listener.onHead(status, head.headers);
    // It may have stopped us.
    if (isOver && this.#listener !== null) this.#end();
    return end;
  }

  #readCounted(bytes: Buffer, at: number): number {
    const available = bytes.length - at;
    const taken = Math.min(available, this.#left);
    const data = taken === bytes.length ? bytes : bytes.subarray(at, at + taken);
    this.#left -= taken;
    if (this.#reading === 'chunk') {
      if (this.#left === 0) this.#reading = 'chunk-end';
      this.#gather(data);
      return at + taken;
    }
    this.#listener!.onData(data);
    if (this.#left === 0 && this.#reading === 'length') this.#end();
    return at + taken;
  }

  #gather(data: Buffer): void {
    this.#gathered.push(data);
    this.#gatheredBytes += data.length;
    if (this.#gatheredBytes > GATHERED_BYTES) this.#giveGathered();
  }

  #giveGathered(): void {
    const gathered = this.#gathered;
    if (gathered.length === 0) return;
    this.#gathered = [];
    this.#gatheredBytes = 0;
    this.#listener?.onData(gathered.length === 1 ? gathered[0]! : Buffer.concat(gathered));
  }

  #readChunkLine(bytes: Buffer, at: number): number {
    const end = bytes.indexOf(CR, at);
    const length = (end === -1 ? bytes.length : end) - at;
    if (length > MAX_CHUNK_LINE) throw malformed('the line before a chunk is too long');
    if (end === -1 || end + 1 === bytes.length) return -1;
    const line = bytes.toString('latin1', at, end);
    if (bytes[end + 1] !== LF || !CHUNK_LINE.test(line)) throw malformed('the length of a chunk is none');
    this.#left = Number.parseInt(line, 16);
    this.#reading = this.#left === 0 ? 'trailers' : 'chunk';
    return end + 2;
  }

  #readChunkEnd(bytes: Buffer, at: number): number {
    if (bytes[at] !== CR) throw malformed('a chunk is longer than was said');
    if (at + 1 === bytes.length) return -1;
    if (bytes[at + 1] !== LF) throw malformed('a chunk is longer than was said');
    this.#reading = 'chunk-line';
    return at + 2;
  }

  #readTrailers(bytes: Buffer, at: number): number {
    const end = endOfFields(bytes, at);
    if (end === -1) return -1;
    if (end > at + 2) {
      checkTrailers(bytes.toString('latin1', at, end));
      // Nobody here sends trailers; whatever sent them is not talked to twice.
      this.isLast = true;
    }
    this.#giveGathered();
    // It may have stopped us.
    if (this.#listener !== null) this.#end();
    return end;
  }

  #end(): void {
    const listener = this.#listener!;
    this.#reading = 'nothing';
    this.#listener = null;
    listener.onEnd();
  }
}
