import { malformed, tooLarge } from './wire-failures.js';

/** Bytes of one head, and of the trailers of one response. */
const MAX_HEAD_BYTES = 16 * 1024;

/** What a byte may be: part of a name, or of a value alone. Everything else is refused wherever it stands. */
const [NAME, VALUE] = [1, 2];
const [TAB, LF, CR, SPACE, COLON] = [9, 10, 13, 32, 58];
const KIND = kindsOfBytes();
const VERSION = Buffer.from('HTTP/1.');
/** `HTTP/1.1 200` */
const STATUS_BYTES = 12;

/**
 * Where the head that begins at `from` ends, or -1 when more of it is to come. What this lets pass has one meaning only: every line
 * ends with CR LF, every name is followed by its colon, no line goes on in the next.
 * @throws WireFailure at the first byte that cannot be part of a head
 */
export function endOfHead(bytes: Buffer, from: number): number {
  const afterStatus = endOfStatusLine(bytes, from);
  return afterStatus === -1 ? incomplete(bytes, from) : endOfFields(bytes, afterStatus, from);
}

/** The same for header lines up to the empty one, as after the last chunk. `begun` is where what is limited began. */
export function endOfFields(bytes: Buffer, from: number, begun = from): number {
  const { length } = bytes;
  let at = from;
  for (;;) {
    if (at >= length) return incomplete(bytes, begun);
    if (bytes[at] === CR) return endOfLine(bytes, at) === -1 ? incomplete(bytes, begun) : within(at + 2, begun);
    const nameAt = at;
    while (at < length && KIND[bytes[at]!] === NAME) at += 1;
    if (at === length) return incomplete(bytes, begun);
    if (at === nameAt || bytes[at] !== COLON) throw malformed('a header has no name, or one that is none');
    at = endOfLine(bytes, at + 1);
    if (at === -1) return incomplete(bytes, begun);
  }
}

function endOfStatusLine(bytes: Buffer, from: number): number {
  const known = Math.min(bytes.length - from, STATUS_BYTES);
  for (let index = 0; index < known; index += 1) {
    if (!belongs(bytes[from + index]!, index)) throw malformed('it does not begin with a status line');
  }
  const reasonAt = from + STATUS_BYTES;
  if (reasonAt >= bytes.length) return -1;
  if (bytes[reasonAt] !== SPACE && bytes[reasonAt] !== CR) throw malformed('the status is no number of three digits');
  return endOfLine(bytes, reasonAt);
}

function belongs(byte: number, index: number): boolean {
  if (index < 7) return byte === VERSION[index];
  if (index === 7) return byte === 48 || byte === 49;
  if (index === 8) return byte === SPACE;
  return byte >= 48 && byte <= 57;
}

/** Where the next line begins; -1 when this one is not whole. */
function endOfLine(bytes: Buffer, from: number): number {
  const { length } = bytes;
  let at = from;
  while (at < length && KIND[bytes[at]!] !== 0) at += 1;
  if (at >= length) return -1;
  if (bytes[at] !== CR) throw malformed('a header holds a byte that may not be in one');
  if (at + 1 === length) return -1;
  if (bytes[at + 1] !== LF) throw malformed('a line ends with half an end');
  return at + 2;
}

function incomplete(bytes: Buffer, begun: number): -1 {
  if (bytes.length - begun >= MAX_HEAD_BYTES) throw tooLarge();
  return -1;
}

function within(end: number, begun: number): number {
  if (end - begun > MAX_HEAD_BYTES) throw tooLarge();
  return end;
}

function kindsOfBytes(): Uint8Array {
  const kinds = new Uint8Array(256);
  for (let byte = SPACE; byte < 256; byte += 1) kinds[byte] = VALUE;
  kinds[TAB] = VALUE;
  kinds[127] = 0;
  for (const character of "!#$%&'*+-.^_`|~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz") kinds[character.charCodeAt(0)] = NAME;
  return kinds;
}
