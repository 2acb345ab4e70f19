import type { IncomingMessage } from 'node:http';
import { AppError } from '@byok/kernel';
import { incomingBody, type ReadBody } from './incoming-body.js';

/**
 * The request's whole body. `isScanned`: it is JSON in a caller's dialect, and a large one is scanned while it comes in.
 * @throws AppError unsupported_media_type; body_too_large before anything is buffered when the length is announced, as soon as it is exceeded otherwise;
 * malformed_json, too_deep, duplicate_field, invalid_request as soon as a large body has proved to be that; client_gone when the connection ends first
 */
export function readBody(request: IncomingMessage, maxBytes: number, isScanned: boolean): Promise<ReadBody> {
  return new Promise((resolve, reject) => {
    const encoding = request.headers['content-encoding'];
    if (encoding !== undefined && encoding !== 'identity') return reject(new AppError('unsupported_media_type', 'Send the body as plain JSON, without content-encoding.'));
    const length = request.headers['content-length'];
    const announced = length === undefined ? null : Number(length);
    if (announced !== null && announced > maxBytes) return reject(tooLarge(maxBytes));
    const refuse = (error: unknown): void => {
      request.pause();
      body.drop();
      reject(error);
    };
    const body = incomingBody({ announced, maxBytes, isScanned, refuse });
    const gone = (): void => {
      body.drop();
      reject(new AppError('client_gone', 'The connection ended before the request was complete.'));
    };
    request.on('data', (chunk: Buffer) => {
      body.add(chunk);
      if (body.bytes > maxBytes) refuse(tooLarge(maxBytes));
    });
    request.on('end', () => body.whole(resolve));
    request.on('close', () => !request.complete && gone());
    request.on('error', gone);
  });
}

function tooLarge(maxBytes: number): AppError {
  return new AppError('body_too_large', `The body is larger than ${Math.floor(maxBytes / 1024 / 1024)} MB.`, { details: { maxBytes } });
}
