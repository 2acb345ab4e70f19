import { AppError } from '@byok/kernel';

const QUOTE = 0x22;
const BACKSLASH = 0x5c;

/** 0: plain inside a string; anything else needs a look. */
const SPECIAL = new Uint8Array(256);
SPECIAL.fill(1, 0, 0x20);
SPECIAL[QUOTE] = 1;
SPECIAL[BACKSLASH] = 1;

/** What may follow a backslash, \u aside. */
const ESCAPED = new Uint8Array(256);
for (const character of '"\\/bfnrt') ESCAPED[character.charCodeAt(0)] = 1;

/** Strings longer than this are worth a view of whole words. */
const SHORT = 64;

export function malformedAt(position: number, what: string): AppError {
  return new AppError('malformed_json', `The body is not valid JSON: ${what} at byte ${position}.`, { details: { position } });
}

/**
 * From inside a string to the byte behind its closing quote. Where the bytes end before the string does: `~position`, with the position
 * to go on from when there are more, which is their end or the beginning of an escape that is cut.
 */
export function stringEnd(body: Buffer, from: number): number {
  const soon = Math.min(from + SHORT, body.length);
  const end = endWithin(body, from, soon);
  // A cut escape begins before `soon`.
  return end < 0 && ~end >= soon && ~end < body.length ? longStringEnd(body, ~end) : end;
}

/** The same, byte for byte and no further than `to`, which only the last escape may pass. */
function endWithin(body: Buffer, from: number, to: number): number {
  let position = from;
  while (position < to) {
    const byte = body[position]!;
    if (SPECIAL[byte] === 0) position += 1;
    else if (byte === QUOTE) return position + 1;
    else {
      const end = escapeEnd(body, position);
      if (end === CUT) return ~position;
      position = end;
    }
  }
  return ~position;
}

/** A run of this many plain words is taken for prose, and the native search takes over. */
const LONG_RUN = 64;

/** The same for the rest of a long string, by whole words, so that a prompt of a megabyte does not hold up everybody else. */
function longStringEnd(body: Buffer, from: number): number {
  const offset = body.byteOffset;
  const firstWord = (offset + from) & ~3;
  const words = new Int32Array(body.buffer, firstWord, (offset + body.length - firstWord) >> 2);
  const base = firstWord - offset;
  const last = body.length - 1;
  let position = from;
  let quote = -1;
  for (;;) {
    let index = (position - base) >> 2;
    if (index >= words.length) return endWithin(body, position, body.length);
    // The first word may begin before our position; those bytes do not count.
    let hits = specialsIn(words[index]!) & (-1 << (((position - base) & 3) << 3));
    if (hits === 0) {
      const limit = Math.min(index + LONG_RUN, words.length);
      index = nextSpecial(words, index + 1, limit);
      position = base + (index << 2);
      if (index === limit) {
        // Searched once per quote, not once per run: a text full of line breaks must not be searched to its end for each of them.
        if (quote < position) quote = endOrIndex(body.indexOf(QUOTE, position), body.length);
        position = jumpPlain(body, position, quote);
        continue;
      }
      hits = specialsIn(words[index]!);
    }
    position = base + (index << 2) + ((31 - Math.clz32(hits & -hits)) >> 3);
    const byte = body[position];
    if (byte === QUOTE) return position + 1;
    if (byte === BACKSLASH && position < last && ESCAPED[body[position + 1]!] === 1) {
      position += 2;
      continue;
    }
    const end = escapeEnd(body, position);
    if (end === CUT) return ~position;
    position = end;
  }
}

const HIGH_BITS = 0x80808080 | 0;

/** The high bit of every byte that is a quote, a backslash or a control character; the sums never carry into the next byte. */
function specialsIn(word: number): number {
  const low = word & 0x7f7f7f7f;
  return ~(((low + 0x60606060) & ((low ^ 0x22222222) + 0x7f7f7f7f) & ((low ^ 0x5c5c5c5c) + 0x7f7f7f7f)) | word) & HIGH_BITS;
}

function nextSpecial(words: Int32Array, from: number, limit: number): number {
  let index = from;
  while (index < limit && specialsIn(words[index]!) === 0) index += 1;
  return index;
}

/** From inside a plain run to the quote or the first backslash before it, with every byte between checked for control characters. */
function jumpPlain(body: Buffer, from: number, quote: number): number {
  const end = from + endOrIndex(body.subarray(from, quote).indexOf(BACKSLASH), quote - from);
  const control = controlIn(body, from, end);
  return control === -1 ? end : control;
}

/** The first control character in a range, or -1. */
function controlIn(body: Buffer, from: number, to: number): number {
  const offset = body.byteOffset;
  const firstWord = (offset + from + 3) & ~3;
  const base = firstWord - offset;
  const words = new Int32Array(body.buffer, firstWord, Math.max(0, (to - base) >> 2));
  const index = plainWords(words);
  for (let position = from; position < base && position < to; position += 1) if (body[position]! < 0x20) return position;
  for (let position = Math.max(from, base + (index << 2)); position < to; position += 1) if (body[position]! < 0x20) return position;
  return -1;
}

/** How many words, in steps of eight, hold no control character. */
function plainWords(words: Int32Array): number {
  const whole = words.length & ~7;
  for (let index = 0; index < whole; index += 8) {
    let hits = 0;
    for (let next = index; next < index + 8; next += 1) hits |= (words[next]! - 0x20202020) & ~words[next]!;
    if ((hits & HIGH_BITS) !== 0) return index;
  }
  return whole;
}

function endOrIndex(index: number, end: number): number {
  return index === -1 ? end : index;
}

/** The bytes end inside the escape. */
const CUT = -1;

/** From a backslash to the byte behind its escape; a control character cannot stand in a string at all. */
function escapeEnd(body: Buffer, position: number): number {
  if (body[position] !== BACKSLASH) throw malformedAt(position, 'a control character stands inside a string');
  if (position + 1 >= body.length) return CUT;
  const kind = body[position + 1]!;
  if (kind !== 0x75) {
    if (ESCAPED[kind] === 0) throw malformedAt(position, 'a bad escape');
    return position + 2;
  }
  const end = Math.min(position + 6, body.length);
  for (let digit = position + 2; digit < end; digit += 1) if (!isHexDigit(body[digit]!)) throw malformedAt(position, 'a bad escape');
  return end === position + 6 ? end : CUT;
}

function isHexDigit(byte: number): boolean {
  return (byte >= 0x30 && byte <= 0x39) || ((byte | 0x20) >= 0x61 && (byte | 0x20) <= 0x66);
}
