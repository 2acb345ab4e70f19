import type { IncomingMessage } from 'node:http';
import { AppError } from '@byok/kernel';

/** From here on a body is put together as it comes in. */
const LARGE_BYTES = 64 * 1024;

/**
 * The request's whole body.
 * @throws AppError unsupported_media_type; body_too_large before anything is buffered when the length is announced, as soon as it is exceeded otherwise;
 * client_gone when the connection ends first
 */
export function readBody(request: IncomingMessage, maxBytes: number): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const encoding = request.headers['content-encoding'];
    if (encoding !== undefined && encoding !== 'identity') return reject(new AppError('unsupported_media_type', 'Send the body as plain JSON, without content-encoding.'));
    const announced = Number(request.headers['content-length'] ?? 0);
    if (announced > maxBytes) return reject(tooLarge(maxBytes));
    const body = announced > LARGE_BYTES ? new OneBuffer(announced) : new Chunks();
    request.on('data', (chunk: Buffer) => {
      body.add(chunk);
      if (body.bytes <= maxBytes) return;
      request.pause();
      reject(tooLarge(maxBytes));
    });
    request.on('end', () => resolve(body.whole()));
    request.on('close', () => !request.complete && reject(new AppError('client_gone', 'The connection ended before the request was complete.')));
    request.on('error', () => reject(new AppError('client_gone', 'The connection ended before the request was complete.')));
  });
}

/** Most bodies: one chunk, or a few. */
class Chunks {
  bytes = 0;
  readonly #chunks: Buffer[] = [];

  add(chunk: Buffer): void {
    this.bytes += chunk.length;
    this.#chunks.push(chunk);
  }

  whole(): Buffer {
    return this.#chunks.length === 1 ? this.#chunks[0]! : Buffer.concat(this.#chunks, this.bytes);
  }
}

/** A large body goes where it will stay as it comes in: putting a megabyte together at its end would hold up everybody else. */
class OneBuffer {
  bytes = 0;
  readonly #buffer: Buffer;

  constructor(announced: number) {
    // Pages that nothing is written to take no memory: announcing much and sending little costs us nothing.
    this.#buffer = Buffer.allocUnsafeSlow(announced);
  }

  /** Node's parser never gives more than what was announced. */
  add(chunk: Buffer): void {
    chunk.copy(this.#buffer, this.bytes);
    this.bytes += chunk.length;
  }

  whole(): Buffer {
    return this.#buffer;
  }
}

function tooLarge(maxBytes: number): AppError {
  return new AppError('body_too_large', `The body is larger than ${Math.floor(maxBytes / 1024 / 1024)} MB.`, { details: { maxBytes } });
}
