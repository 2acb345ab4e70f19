import type { IncomingHttpHeaders } from 'node:http';
import type { HeaderNames } from '../../header-names.js';
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
const LEFT_TO_NODE = new Set(['transfer-encoding', 'content-encoding', 'upgrade', 'expect', 'trailer', 'te', 'http2-settings', 'proxy-connection']);

/** The head of an ordinary request, and where in its chunk the body begins. */
export interface RequestHead {
  url: string;
  headers: IncomingHttpHeaders;
  bodyStart: number;
  bodyLength: number;
}

/**
 * Reads the head of a request from the first chunk of it; null for everything that is not plainly one, which is node:http's to read. What
 * is taken here is a small part of what node:http takes, and is read in the same way. `names` are the connection's: of heads that were
 * taken, as one that was not is the last that is read here.
 */
export function readHead(chunk: Buffer, names: HeaderNames): RequestHead | null {
  const headEnd = chunk.indexOf(HEAD_END);
  if (headEnd === -1 || headEnd > MAX_HEADER_BYTES - HEAD_END.length) return null;
  const head = chunk.toString('latin1', 0, headEnd);
  if (!ORDINARY.test(head)) return null;
  const lineEnd = head.indexOf('\r\n');
  const headers = readHeaders(head, lineEnd + 2, names);
  if (!headers || !isPlain(headers)) return null;
  return { url: head.slice(METHOD.length, lineEnd - VERSION.length), headers, bodyStart: headEnd + HEAD_END.length, bodyLength: Number(headers['content-length']) };
}

/** Of a head that is known to be ordinary; null when a name comes twice, whichever way two readers might join it, or is left to node:http. */
function readHeaders(head: string, from: number, names: HeaderNames): IncomingHttpHeaders | null {
  const headers: Record<string, string> = {};
  const { changes } = names;
  let count = 0;
  for (let start = from; start < head.length; ) {
    if (count === MAX_HEADERS) return null;
    const name = names.nameAt(head, start, count);
    // The same names in the same order as in a head that was taken are as good as those.
    if (names.changes !== changes && (headers[name] !== undefined || LEFT_TO_NODE.has(name))) return null;
    const next = head.indexOf('\r\n', start);
    const end = next === -1 ? head.length : next;
    headers[name] = valueBetween(head, start + name.length + 1, end);
    count += 1;
    start = end + 2;
  }
  names.endAt(count);
  return headers;
}

function isPlain({ host, connection, 'content-length': length }: IncomingHttpHeaders): boolean {
  return host !== undefined && LENGTH.test(length ?? '') && (connection === undefined || connection.toLowerCase() === 'keep-alive');
}
