import type { IncomingHttpHeaders } from 'node:http';
import { HeaderNames } from '../../header-names.js';
import { valueBetween } from '../../header-value.js';
import { malformed, tooLarge } from './wire-failures.js';

const MAX_HEADERS = 200;
const LENGTH = /^[0-9]{1,15}$/;
/** With a tab after it, llhttp takes it for another encoding: of two readings we take none. */
const CHUNKED = /^[ \t]*chunked *$/i;
const CLOSE = /(?:^|,)[ \t]*close[ \t]*(?:,|$)/i;
const TIMEOUT = /timeout=([0-9]{1,9})/i;

/** What a head says. One object serves all responses of a connection, one after the other. */
export class ResponseHead {
  status = 0;
  headers: IncomingHttpHeaders = {};
  /** Bytes of the body where the head counts them, else -1. */
  length = -1;
  isChunked = false;
  /** Whether the connection may be used again. */
  isLast = false;
  /** How long the server says it waits for the next request, else -1. */
  keepAliveSeconds = -1;
  readonly #names = new HeaderNames();

  /** @param text a head that `endOfHead` has found, as latin1 */
  read(text: string): void {
    this.status = digit(text, 9) * 100 + digit(text, 10) * 10 + digit(text, 11);
    if (this.status < 100) throw malformed('there is no such status');
    this.length = -1;
    this.isChunked = false;
    this.keepAliveSeconds = -1;
    // Before 1.1 a connection served one request, and what it says of chunks may be another's words.
    const isOld = text.charCodeAt(7) === 48;
    this.isLast = isOld;
    this.#readFields(text, text.indexOf('\n') + 1);
    if (this.isChunked && (this.length !== -1 || isOld)) throw malformed('its length is told in two ways');
  }

  #readFields(text: string, from: number): void {
    const headers: Record<string, string | string[]> = {};
    let count = 0;
    for (let at = from; text.charCodeAt(at) !== 13; ) {
      if (count === MAX_HEADERS) throw tooLarge();
      const name = this.#names.nameAt(text, at, count);
      const valueAt = at + name.length + 1;
      const end = text.indexOf('\r', valueAt);
      const value = valueBetween(text, valueAt, end);
      count += 1;
      if (name === 'transfer-encoding') this.#heedCoding(text.slice(valueAt, end));
      else this.#heed(name, value);
      const before = headers[name];
      if (typeof before === 'string') headers[name] = [before, value];
      else if (Array.isArray(before)) before.push(value);
      else headers[name] = value;
      at = end + 2;
    }
    this.#names.endAt(count);
    this.headers = headers as IncomingHttpHeaders;
  }

  /** What decides where the body ends, and whether another response may follow. */
  #heed(name: string, value: string): void {
    if (name === 'content-length') {
      if (this.length !== -1 || !LENGTH.test(value)) throw malformed('its length is no number, or told twice');
      this.length = Number(value);
    } else if (name === 'connection') {
      if (CLOSE.test(value)) this.isLast = true;
    } else if (name === 'keep-alive') {
      this.keepAliveSeconds = Number(TIMEOUT.exec(value)?.[1] ?? -1);
    }
  }

  #heedCoding(value: string): void {
    if (this.isChunked || !CHUNKED.test(value)) throw malformed('its transfer encoding is not chunked alone');
    this.isChunked = true;
  }
}

/** @throws WireFailure for trailers that would have changed how the body was read */
export function checkTrailers(text: string): void {
  const trailers = new ResponseHead();
  trailers.read(`HTTP/1.1 200\r\n${text}`);
  if (trailers.length !== -1 || trailers.isChunked) throw malformed('its trailers tell a length');
}

function digit(text: string, at: number): number {
  return text.charCodeAt(at) - 48;
}
