import { AppError } from '@byok/kernel';

/** Objects and arrays inside one another; a real request stays far below. */
export const DEEPEST = 64;

/** Stands for "no byte", behind the last one. */
const END = 0;
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

export function skipSpace(body: Buffer, from: number): number {
  let position = from;
  for (;;) {
    const byte = body[position];
    if (byte !== 0x20 && byte !== 0x0a && byte !== 0x0d && byte !== 0x09) return position;
    position += 1;
  }
}

/** From the first byte of a value to the byte behind it; throws malformed_json or too_deep. */
export function skipValue(body: Buffer, from: number, depth: number): number {
  switch (body[from] ?? END) {
    case QUOTE:
      return skipString(body, from + 1);
    case 0x7b:
      return skipObject(body, from, depth);
    case 0x5b:
      return skipArray(body, from, depth);
    case 0x74:
      return skipWord(body, from, 'true');
    case 0x66:
      return skipWord(body, from, 'false');
    case 0x6e:
      return skipWord(body, from, 'null');
  }
  return skipNumber(body, from);
}

function skipObject(body: Buffer, from: number, depth: number): number {
  let position = skipSpace(body, enter(from, depth));
  if (body[position] === 0x7d) return position + 1;
  for (;;) {
    if (body[position] !== QUOTE) throw unexpected(body, position);
    position = skipSpace(body, skipString(body, position + 1));
    if (body[position] !== 0x3a) throw unexpected(body, position);
    position = skipSpace(body, skipValue(body, skipSpace(body, position + 1), depth + 1));
    if (body[position] === 0x7d) return position + 1;
    if (body[position] !== 0x2c) throw unexpected(body, position);
    position = skipSpace(body, position + 1);
  }
}

function skipArray(body: Buffer, from: number, depth: number): number {
  let position = skipSpace(body, enter(from, depth));
  if (body[position] === 0x5d) return position + 1;
  for (;;) {
    position = skipSpace(body, skipValue(body, position, depth + 1));
    if (body[position] === 0x5d) return position + 1;
    if (body[position] !== 0x2c) throw unexpected(body, position);
    position = skipSpace(body, position + 1);
  }
}

function enter(from: number, depth: number): number {
  if (depth >= DEEPEST) throw new AppError('too_deep', `The body nests deeper than ${DEEPEST} levels at byte ${from}.`, { details: { position: from, limit: DEEPEST } });
  return from + 1;
}

/** From the byte behind the opening quote to the byte behind the closing one. */
export function skipString(body: Buffer, from: number): number {
  let position = from;
  const soon = Math.min(from + SHORT, body.length);
  while (position < soon) {
    const byte = body[position]!;
    if (SPECIAL[byte] === 0) position += 1;
    else if (byte === QUOTE) return position + 1;
    else position = skipEscape(body, position);
  }
  return skipLongString(body, position);
}

/** A run of this many plain words is taken for prose, and the native search takes over. */
const LONG_RUN = 64;

/** The same for the rest of a long string, by whole words, so that a prompt of a megabyte does not hold up everybody else. */
function skipLongString(body: Buffer, from: number): number {
  const offset = body.byteOffset;
  const firstWord = (offset + from) & ~3;
  const words = new Int32Array(body.buffer, firstWord, (offset + body.length - firstWord) >> 2);
  const base = firstWord - offset;
  let position = from;
  let quote = -1;
  for (;;) {
    let index = (position - base) >> 2;
    if (index >= words.length) return finishString(body, position);
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
    if (body[position] === QUOTE) return position + 1;
    position = skipEscape(body, position);
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

function finishString(body: Buffer, from: number): number {
  let position = from;
  while (position < body.length) {
    const byte = body[position]!;
    if (SPECIAL[byte] === 0) position += 1;
    else if (byte === QUOTE) return position + 1;
    else position = skipEscape(body, position);
  }
  throw malformedAt(body.length, 'it ends inside a string');
}

/** From a backslash to the byte behind its escape; a control character cannot stand in a string at all. */
function skipEscape(body: Buffer, position: number): number {
  if (body[position] !== BACKSLASH) throw malformedAt(position, 'a control character stands inside a string');
  const kind = body[position + 1];
  if (kind === 0x75) {
    for (let digit = position + 2; digit < position + 6; digit += 1) if (!isHexDigit(body[digit])) throw malformedAt(position, 'a bad escape');
    return position + 6;
  }
  if (kind === undefined || ESCAPED[kind] === 0) throw malformedAt(position, 'a bad escape');
  return position + 2;
}

function isHexDigit(byte: number | undefined): boolean {
  return byte !== undefined && ((byte >= 0x30 && byte <= 0x39) || ((byte | 0x20) >= 0x61 && (byte | 0x20) <= 0x66));
}

function skipWord(body: Buffer, from: number, word: string): number {
  for (let index = 0; index < word.length; index += 1) if (body[from + index] !== word.charCodeAt(index)) throw unexpected(body, from + index);
  return from + word.length;
}

function skipNumber(body: Buffer, from: number): number {
  let position = body[from] === 0x2d ? from + 1 : from;
  if (body[position] === 0x30) position += 1;
  else position = skipDigits(body, position);
  if (body[position] === 0x2e) position = skipDigits(body, position + 1);
  if (((body[position] ?? 0) | 0x20) === 0x65) {
    const sign = body[position + 1];
    position = skipDigits(body, sign === 0x2b || sign === 0x2d ? position + 2 : position + 1);
  }
  return position;
}

function skipDigits(body: Buffer, from: number): number {
  let position = from;
  while (isDigit(body[position])) position += 1;
  if (position === from) throw unexpected(body, from);
  return position;
}

function isDigit(byte: number | undefined): boolean {
  return byte !== undefined && byte >= 0x30 && byte <= 0x39;
}

/** The body's own characters are not quoted: an error must not carry a prompt into a log. */
export function unexpected(body: Buffer, position: number): AppError {
  return position >= body.length ? malformedAt(body.length, 'it ends too early') : malformedAt(position, 'an unexpected character');
}
