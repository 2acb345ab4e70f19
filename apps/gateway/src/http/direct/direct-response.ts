import { STATUS_CODES } from 'node:http';
import { NOT_IN_A_VALUE } from '../../header-value.js';
import type { CallResponse } from '../caller.js';
import type { DirectConnection } from './direct-connection.js';
import { httpDate } from './http-date.js';

const LAST_CHUNK = '0\r\n\r\n';
/** Up to here head and body are copied together: one buffer is one write. */
const COPIED_BYTES = 64 * 1024;

type Listener = () => void;

/**
 * The answer to a request that was read as a whole. Of node's ServerResponse it has what the pipeline uses, with the same meaning: a body
 * with a length goes out as it is, any other in chunks; `close` is told when the connection goes before the answer is complete.
 */
export class DirectResponse implements CallResponse {
  statusCode = 200;
  headersSent = false;
  readonly #connection: DirectConnection;
  readonly #keepAlive: string;
  #head = '';
  #isChunked = false;
  #isLast = false;
  #isEnded = false;
  #close: Listener[] | undefined;
  #drain: Listener | undefined;

  constructor(connection: DirectConnection, keepAlive: string) {
    this.#connection = connection;
    this.#keepAlive = keepAlive;
  }

  /** `headers` is a flat raw array. They go out with the first bytes of the body. */
  writeHead(status: number, headers: readonly string[]): void {
    let head = `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? 'Unknown'}\r\n`;
    let values = '';
    let hasLength = false;
    for (let index = 0; index < headers.length; index += 2) {
      const [name, value] = [headers[index]!, headers[index + 1]!];
      if (name === 'content-length') hasLength = true;
      else if (name === 'connection' && value === 'close') {
        this.#isLast = true;
        continue;
      }
      head += `${name}: ${value}\r\n`;
      values += value;
    }
    if (NOT_IN_A_VALUE.test(values)) throw new TypeError('A character that cannot stand in a header.');
    this.#isChunked = !hasLength;
    this.#head = `${head}${hasLength ? '' : 'transfer-encoding: chunked\r\n'}date: ${httpDate()}\r\n${this.#isLast ? 'connection: close\r\n' : this.#keepAlive}\r\n`;
    this.statusCode = status;
    this.headersSent = true;
  }

  /** False when the client is slow to take it: wait for `drain`. `done` is called when it is with the kernel, or will never be. */
  write(chunk: Buffer | string, done?: Listener): boolean {
    if (this.#isEnded) return false;
    const size = typeof chunk === 'string' ? Buffer.byteLength(chunk) : chunk.length;
    if (size === 0) return true;
    const head = this.#takeHead();
    const isTaken = this.#put(this.#isChunked ? `${head}${size.toString(16)}\r\n` : head, chunk, size, this.#isChunked ? '\r\n' : '', done);
    if (head === '') return isTaken;
    // Somebody waits for the first word of a stream: it does not wait for the end of the turn.
    this.#connection.flush();
    return !this.#connection.isFull;
  }

  end(chunk?: Buffer | string): void {
    if (this.#isEnded) return;
    const size = chunk === undefined ? 0 : typeof chunk === 'string' ? Buffer.byteLength(chunk) : chunk.length;
    const head = this.#takeHead();
    if (this.#isChunked) this.#put(size > 0 ? `${head}${size.toString(16)}\r\n` : head, chunk, size, size > 0 ? `\r\n${LAST_CHUNK}` : LAST_CHUNK);
    else if (size > 0 || head !== '') this.#put(head, chunk, size, '');
    this.#isEnded = true;
    this.#connection.answered(this.#isLast);
  }

  /** Cuts the connection: an answer that was begun is left visibly incomplete. */
  destroy(): void {
    this.#connection.destroy();
  }

  get destroyed(): boolean {
    return this.#connection.isGone;
  }

  get writableFinished(): boolean {
    return this.#isEnded;
  }

  get writableNeedDrain(): boolean {
    return this.#connection.isFull;
  }

  on(event: 'close' | 'drain', listener: Listener): void {
    if (event === 'drain') this.#drain = listener;
    else (this.#close ??= []).push(listener);
  }

  drained(): void {
    this.#drain?.();
  }

  closed(): void {
    for (const listener of this.#close ?? []) listener();
  }

  #takeHead(): string {
    const head = this.#head;
    this.#head = '';
    return head;
  }

  #put(before: string, chunk: Buffer | string | undefined, size: number, after: string, done?: Listener): boolean {
    if (size > COPIED_BYTES) {
      this.#connection.write(Buffer.from(before, 'latin1'));
      this.#connection.write(typeof chunk === 'string' ? Buffer.from(chunk) : chunk!);
      return this.#connection.write(Buffer.from(after, 'latin1'), done);
    }
    const bytes = Buffer.allocUnsafe(before.length + size + after.length);
    bytes.write(before, 0, 'latin1');
    if (typeof chunk === 'string') bytes.write(chunk, before.length);
    else chunk?.copy(bytes, before.length);
    if (after !== '') bytes.write(after, before.length + size, 'latin1');
    return this.#connection.write(bytes, done);
  }
}
