import { AppError } from '@byok/kernel';
import { NUMBER_BEGINS, NUMBER_STOPS, isWholeNumber, numberWith } from './json-scan-number.js';
import { malformedAt, stringEnd } from './json-scan-string.js';

/** Objects and arrays inside one another; a real request stays far below. */
export const DEEPEST = 64;

/** Hears what a scan comes by. Offsets are bytes of the whole; a depth counts the objects and arrays around, so the members of the body itself have 1. */
export interface JsonListener {
  /** The name of a member, quotes included; plain when it is ASCII without an escape. */
  name(body: Buffer, depth: number, from: number, to: number, isPlain: boolean): void;
  /** Every string, number and word; of objects and arrays those at the depths 1 and 2. */
  value(body: Buffer, depth: number, from: number, to: number): void;
}

/** What comes next, white space aside. */
const VALUE = 0;
const FIRST_ITEM = 1;
const FIRST_NAME = 2;
const NAME = 3;
const COLON = 4;
const COMMA = 5;
const NO_MORE = 6;
/** The bytes ended inside one of these. */
const IN_NAME = 7;
const IN_STRING = 8;
const IN_NUMBER = 9;

const QUOTE = 0x22;
const TRUE = Buffer.from('true');
const FALSE = Buffer.from('false');
const NULL = Buffer.from('null');

/** 0: a byte that stands for itself in a name. */
const NOT_PLAIN = new Uint8Array(256).fill(1);
NOT_PLAIN.fill(0, 0x20, 0x80);
NOT_PLAIN[QUOTE] = 1;
NOT_PLAIN[0x5c] = 1;

/** Checks that bytes are one JSON value. It may be given them as they come in: it stops where they end and goes on from there. */
export class JsonScan {
  /** Where the value begins; -1 as long as there was white space alone. */
  start = -1;
  #position = 0;
  #expected = VALUE;
  #depth = 0;
  #isInObject = false;
  /** Which of the open containers are objects, a bit each. */
  #outerObjects = 0;
  #innerObjects = 0;
  /** Where the string, number or name begins that is being read; and the containers at depths 1 and 2. */
  #tokenStart = 0;
  #firstStart = 0;
  #secondStart = 0;
  #isPlainName = true;
  #number = NUMBER_BEGINS;

  constructor(readonly listener: JsonListener) {}

  /** Reads on to the end of `body`: what is there of the whole, from its first byte. @throws AppError malformed_json, too_deep, and what the listener throws */
  read(body: Buffer): void {
    const { length } = body;
    let position = this.#position;
    for (;;) {
      if (this.#expected < IN_NAME) position = skipSpace(body, position);
      if (position >= length) break;
      const next = this.#step(body, body[position]!, position);
      if (next < 0) {
        position = ~next;
        break;
      }
      position = next;
    }
    this.#position = position;
  }

  /** No more is coming. @throws AppError malformed_json */
  end(body: Buffer): void {
    this.read(body);
    if (this.#expected === IN_NUMBER && isWholeNumber(this.#number)) this.#ended(body, this.#tokenStart, body.length);
    if (this.#expected === NO_MORE) return;
    if (this.start === -1) throw new AppError('malformed_json', 'The body is empty; it must be a JSON object.');
    if (this.#expected !== IN_STRING && this.#expected !== IN_NAME) throw unexpected(body, body.length);
    throw this.#position < body.length ? malformedAt(this.#position, 'a bad escape') : malformedAt(body.length, 'it ends inside a string');
  }

  /** Each of the following takes what begins at `from` and gives the position behind it, or `~position` where the bytes end inside it. */
  #step(body: Buffer, byte: number, from: number): number {
    switch (this.#expected) {
      case COLON:
        if (byte !== 0x3a) throw unexpected(body, from);
        this.#expected = VALUE;
        return from + 1;
      case VALUE:
        return this.#value(body, byte, from);
      case COMMA:
        return this.#comma(body, byte, from);
      case NAME:
        return this.#name(body, byte, from);
      case FIRST_NAME:
        return byte === 0x7d ? this.#close(body, from) : this.#name(body, byte, from);
      case FIRST_ITEM:
        return byte === 0x5d ? this.#close(body, from) : this.#value(body, byte, from);
      case IN_NAME:
        return this.#restOfName(body, from);
      case IN_STRING:
        return this.#restOfString(body, from);
      case IN_NUMBER:
        return this.#restOfNumber(body, from);
    }
    throw unexpected(body, from);
  }

  #value(body: Buffer, byte: number, from: number): number {
    if (this.#depth === 0) this.start = from;
    this.#tokenStart = from;
    if (byte === QUOTE) {
      this.#expected = IN_STRING;
      return this.#restOfString(body, from + 1);
    }
    if (byte === 0x7b || byte === 0x5b) return this.#open(byte === 0x7b, from);
    if (byte === 0x74) return this.#word(body, TRUE, from);
    if (byte === 0x66) return this.#word(body, FALSE, from);
    if (byte === 0x6e) return this.#word(body, NULL, from);
    this.#number = NUMBER_BEGINS;
    this.#expected = IN_NUMBER;
    return this.#restOfNumber(body, from);
  }

  #open(isObject: boolean, from: number): number {
    const depth = this.#depth;
    if (depth >= DEEPEST) throw new AppError('too_deep', `The body nests deeper than ${DEEPEST} levels at byte ${from}.`, { details: { position: from, limit: DEEPEST } });
    if (depth === 1) this.#firstStart = from;
    else if (depth === 2) this.#secondStart = from;
    const bit = 1 << (depth & 31);
    if (depth < 32) this.#outerObjects = isObject ? this.#outerObjects | bit : this.#outerObjects & ~bit;
    else this.#innerObjects = isObject ? this.#innerObjects | bit : this.#innerObjects & ~bit;
    this.#depth = depth + 1;
    this.#isInObject = isObject;
    this.#expected = isObject ? FIRST_NAME : FIRST_ITEM;
    return from + 1;
  }

  #close(body: Buffer, from: number): number {
    const depth = (this.#depth -= 1);
    this.#expected = depth === 0 ? NO_MORE : COMMA;
    if (depth === 0) return from + 1;
    const around = depth - 1;
    this.#isInObject = ((around < 32 ? this.#outerObjects : this.#innerObjects) & (1 << (around & 31))) !== 0;
    if (depth <= 2) this.listener.value(body, depth, depth === 1 ? this.#firstStart : this.#secondStart, from + 1);
    return from + 1;
  }

  #comma(body: Buffer, byte: number, from: number): number {
    if (byte === (this.#isInObject ? 0x7d : 0x5d)) return this.#close(body, from);
    if (byte !== 0x2c) throw unexpected(body, from);
    this.#expected = this.#isInObject ? NAME : VALUE;
    return from + 1;
  }

  #name(body: Buffer, byte: number, from: number): number {
    if (byte !== QUOTE) throw unexpected(body, from);
    this.#tokenStart = from;
    this.#expected = IN_NAME;
    this.#isPlainName = true;
    return this.#restOfName(body, from + 1);
  }

  #restOfName(body: Buffer, from: number): number {
    let position = from;
    if (this.#isPlainName) {
      while (position < body.length && NOT_PLAIN[body[position]!] === 0) position += 1;
      this.#isPlainName = position >= body.length || body[position] === QUOTE;
    }
    const end = stringEnd(body, position);
    if (end < 0) return end;
    this.#expected = COLON;
    this.listener.name(body, this.#depth, this.#tokenStart, end, this.#isPlainName);
    return end;
  }

  #restOfString(body: Buffer, from: number): number {
    const end = stringEnd(body, from);
    return end < 0 ? end : this.#ended(body, this.#tokenStart, end);
  }

  #restOfNumber(body: Buffer, from: number): number {
    let end = from;
    let stage = this.#number;
    for (; end < body.length; end += 1) {
      const next = numberWith(stage, body[end]!);
      if (next === NUMBER_STOPS) break;
      stage = next;
    }
    this.#number = stage;
    if (end >= body.length) return end;
    if (!isWholeNumber(stage)) throw unexpected(body, end);
    return this.#ended(body, this.#tokenStart, end);
  }

  /** A word that is cut is read again from its beginning. */
  #word(body: Buffer, word: Buffer, from: number): number {
    const there = Math.min(word.length, body.length - from);
    for (let index = 1; index < there; index += 1) if (body[from + index] !== word[index]) throw unexpected(body, from + index);
    return there < word.length ? ~from : this.#ended(body, from, from + there);
  }

  #ended(body: Buffer, from: number, to: number): number {
    this.#expected = this.#depth === 0 ? NO_MORE : COMMA;
    this.listener.value(body, this.#depth, from, to);
    return to;
  }
}

export function skipSpace(body: Buffer, from: number): number {
  let position = from;
  for (; position < body.length; position += 1) {
    const byte = body[position]!;
    if (byte > 0x20 || (byte !== 0x20 && byte !== 0x0a && byte !== 0x0d && byte !== 0x09)) return position;
  }
  return position;
}

/** The body's own characters are not quoted: an error must not carry a prompt into a log. */
function unexpected(body: Buffer, position: number): AppError {
  return position >= body.length ? malformedAt(body.length, 'it ends too early') : malformedAt(position, 'an unexpected character');
}
