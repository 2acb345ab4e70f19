import type { Socket } from 'node:net';
import type { WholeRequest } from '../caller.js';
import type { RequestHead } from './read-head.js';

/** A request whose head is there, and its body as far as it has come. */
export class ComingRequest {
  readonly #head: RequestHead;
  readonly #chunks: Buffer[];
  /** When its head was there. */
  readonly #since: number;
  /** Bytes that are still to come; below zero when something stands behind the body. */
  missing: number;

  constructor(head: RequestHead, chunk: Buffer, now: number) {
    this.#head = head;
    this.#chunks = [chunk];
    this.#since = now;
    this.missing = head.bodyStart + head.bodyLength - chunk.length;
  }

  add(chunk: Buffer): void {
    this.#chunks.push(chunk);
    this.missing -= chunk.length;
  }

  /** True when it has been coming for so long. */
  isSlow(now: number, longestMs: number): boolean {
    return now - this.#since >= longestMs;
  }

  /** All of it as it came. */
  bytes(): Buffer {
    return this.#chunks.length === 1 ? this.#chunks[0]! : Buffer.concat(this.#chunks);
  }

  whole(socket: Socket): WholeRequest {
    const { url, headers, bodyStart } = this.#head;
    return { url, headers, socket, body: this.bytes().subarray(bodyStart) };
  }
}
