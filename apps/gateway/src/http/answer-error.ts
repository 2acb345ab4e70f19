import type { IncomingMessage } from 'node:http';
import type { AppError } from '@byok/kernel';
import type { CallResponse } from './caller.js';
import { errorBody, statusOf, type CallerDialect } from './error-dialects.js';

const DEFAULT_RETRY_AFTER_S = 1;
const LINGER_MS = 3_000;

/** Answers an error in the caller's dialect. `facts` is a flat raw array of further headers, the request id among them. */
export function answerError(response: CallResponse, dialect: CallerDialect, error: AppError, requestId: string, facts: string[] = ['x-request-id', requestId]): void {
  if (response.headersSent || response.destroyed) return void response.destroy();
  const status = statusOf(error);
  const request = response.req;
  const isRead = !request || request.complete;
  const body = errorBody(dialect, error, requestId);
  response.writeHead(status, ['content-type', 'application/json', 'content-length', String(Buffer.byteLength(body)), ...facts, ...retryHeaders(error, status), ...connectionHeaders(status, isRead)]);
  if (isRead) return void response.end(body);
  response.write(body);
  endWhenSent(response, request);
}

/** Closing on a client that still sends would reset the connection and lose our answer: its body is thrown away for a moment first. */
function endWhenSent(response: CallResponse, request: IncomingMessage): void {
  const end = (): void => void response.end();
  const limit = setTimeout(end, LINGER_MS);
  response.on('close', () => clearTimeout(limit));
  request.removeAllListeners('data').resume().once('end', end);
}

/** SDKs retry by status; where a retry cannot help they are told so. */
function retryHeaders(error: AppError, status: number): string[] {
  const told = error.details?.['retryAfterMs'];
  if (typeof told === 'number') return ['retry-after', String(Math.max(1, Math.ceil(told / 1_000)))];
  if (status === 503) return ['retry-after', String(DEFAULT_RETRY_AFTER_S)];
  return error.rule.blame === 'provider' ? [] : ['x-should-retry', 'false'];
}

/** A body that was not read to its end cannot be followed by another request on the same connection. */
function connectionHeaders(status: number, isRead: boolean): string[] {
  return !isRead || status === 413 || status === 408 ? ['connection', 'close'] : [];
}
