import type { IncomingHttpHeaders } from 'node:http';
import { valueBetween } from '../../header-value.js';

export const MAX_HEADER_BYTES = 16 * 1024;
export const MAX_HEADERS = 100;

const HEAD_END = Buffer.from('\r\n\r\n');
/** One POST in HTTP/1.1 with ordinary headers. Every part ends where the next begins, so that there is one way to read it. */
const ORDINARY = /^POST \/[\x21-\x7e]* HTTP\/1\.1(?:\r\n[A-Za-z0-9-]+:[\t\x20-\x7e]*)+$/;
const METHOD = 'POST ';
const VERSION = ' HTTP/1.1';
const LENGTH = /^(?:0|[1-9]\d{0,8})$/;
/** What decides how a body is to be read, or what becomes of the connection. */
const LEFT_TO_NODE = ['transfer-encoding', 'content-encoding', 'upgrade', 'expect', 'trailer', 'te', 'http2-settings', 'proxy-connection'];

/** The head of an ordinary request, and where in its chunk the body begins. */
export interface RequestHead {
  url: string;
  headers: IncomingHttpHeaders;
  bodyStart: number;
  bodyLength: number;
}

/**
 * Reads the head of a request from the first chunk of it; null for everything that is not plainly one, which is node:http's to read. What
 * is taken here is a small part of what node:http takes, and is read in the same way.
 */
export function readHead(chunk: Buffer): RequestHead | null {
  const headEnd = chunk.indexOf(HEAD_END);
  if (headEnd === -1 || headEnd > MAX_HEADER_BYTES - HEAD_END.length) return null;
  const head = chunk.toString('latin1', 0, headEnd);
  if (!ORDINARY.test(head)) return null;
  const lineEnd = head.indexOf('\r\n');
  const headers = readHeaders(head, lineEnd + 2);
  if (!headers || !isPlain(headers)) return null;
  return { url: head.slice(METHOD.length, lineEnd - VERSION.length), headers, bodyStart: headEnd + HEAD_END.length, bodyLength: Number(headers['content-length']) };
}

/** Of a head that is known to be ordinary; null when a name comes twice, whichever way two readers might join it. */
function readHeaders(head: string, from: number): IncomingHttpHeaders | null {
  const headers: Record<string, string> = {};
  let count = 0;
  for (let start = from; start < head.length; ) {
    const next = head.indexOf('\r\n', start);
    const end = next === -1 ? head.length : next;
    const colon = head.indexOf(':', start);
    const name = head.slice(start, colon).toLowerCase();
    count += 1;
    if (headers[name] !== undefined || count > MAX_HEADERS) return null;
    headers[name] = valueBetween(head, colon + 1, end);
    start = end + 2;
  }
  return headers;
}

function isPlain(headers: IncomingHttpHeaders): boolean {
  if (headers.host === undefined || !LENGTH.test(headers['content-length'] ?? '')) return false;
  const { connection } = headers;
  if (connection !== undefined && connection.toLowerCase() !== 'keep-alive') return false;
  for (const name of LEFT_TO_NODE) if (headers[name] !== undefined) return false;
  return true;
}
