import type { IncomingMessage } from 'node:http';
import { AppError } from '@byok/kernel';

/**
 * The request's whole body.
 * @throws AppError unsupported_media_type; body_too_large before anything is buffered when the length is announced, as soon as it is exceeded otherwise;
 * client_gone when the connection ends first
 */
export function readBody(request: IncomingMessage, maxBytes: number): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const encoding = request.headers['content-encoding'];
    if (encoding !== undefined && encoding !== 'identity') return reject(new AppError('unsupported_media_type', 'Send the body as plain JSON, without content-encoding.'));
    if (Number(request.headers['content-length'] ?? 0) > maxBytes) return reject(tooLarge(maxBytes));
    const chunks: Buffer[] = [];
    let bytes = 0;
    request.on('data', (chunk: Buffer) => {
      bytes += chunk.length;
      if (bytes <= maxBytes) return void chunks.push(chunk);
      request.pause();
      reject(tooLarge(maxBytes));
    });
    request.on('end', () => resolve(chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks, bytes)));
    request.on('close', () => !request.complete && reject(new AppError('client_gone', 'The connection ended before the request was complete.')));
    request.on('error', () => reject(new AppError('client_gone', 'The connection ended before the request was complete.')));
  });
}

function tooLarge(maxBytes: number): AppError {
  return new AppError('body_too_large', `The body is larger than ${Math.floor(maxBytes / 1024 / 1024)} MB.`, { details: { maxBytes } });
}
