import { AppError } from '@byok/kernel';
import { skipSpace, skipString, skipValue, unexpected } from './json-scan.js';

/** What the gateway needs of a request body, found without parsing it. Offsets are bytes. */
export interface BodyScan {
  model: string | null;
  /** The model's value with its quotes; -1 when absent. */
  modelStart: number;
  modelEnd: number;
  stream: boolean;
  hasStreamOptions: boolean;
  /** `stream_options.include_usage === true` */
  includeUsage: boolean;
  /** The value of `stream_options`; -1 when absent. */
  streamOptionsStart: number;
  streamOptionsEnd: number;
  /** The value of `include_usage` inside it; -1 when absent. */
  includeUsageStart: number;
  includeUsageEnd: number;
  /** How many answers are made; `best_of` counts like `n`. */
  n: number | null;
  /** max_tokens, max_completion_tokens or max_output_tokens. */
  maxTokens: number | null;
  /** Where one of them stands as null, which sets nothing; -1 when none does. */
  nullMaxTokensStart: number;
  nullMaxTokensEnd: number;
  /** Just behind the opening brace. */
  firstMember: number;
  isEmpty: boolean;
}

const LONGEST_MODEL = 256;
const MOST_FIELDS = 256;
export const MOST_CHOICES = 128;
export const MOST_TOKENS = 10_000_000;

/** Validates a JSON object's structure and finds the fields above. Throws AppError malformed_json, too_deep, duplicate_field, invalid_request. */
export function scanBody(body: Buffer): BodyScan {
  const scan = emptyScan();
  const start = skipSpace(body, 0);
  if (start >= body.length) throw new AppError('malformed_json', 'The body is empty; it must be a JSON object.');
  if (body[start] !== 0x7b) {
    // A list or a number is valid JSON, so it gets the other error, once it has proved to be valid.
    expectEnd(body, skipValue(body, start, 0));
    throw new AppError('invalid_request', 'The body must be a JSON object.');
  }
  scan.firstMember = start + 1;
  const { end, count } = eachMember(body, start, 0, (name, from, to) => note(scan, body, name, from, to));
  scan.isEmpty = count === 0;
  expectEnd(body, end);
  return scan;
}

function emptyScan(): BodyScan {
  return {
    model: null,
    modelStart: -1,
    modelEnd: -1,
    stream: false,
    hasStreamOptions: false,
    includeUsage: false,
    streamOptionsStart: -1,
    streamOptionsEnd: -1,
    includeUsageStart: -1,
    includeUsageEnd: -1,
    n: null,
    maxTokens: null,
    nullMaxTokensStart: -1,
    nullMaxTokensEnd: -1,
    firstMember: 0,
    isEmpty: false,
  };
}

/** Walks the members of the object that starts at `from`; a name that comes twice is refused, because two readers could then see two requests. */
function eachMember(body: Buffer, from: number, depth: number, see: (name: string, from: number, to: number) => void): { end: number; count: number } {
  const names = new Set<string>();
  let position = skipSpace(body, from + 1);
  if (body[position] === 0x7d) return { end: position + 1, count: 0 };
  for (;;) {
    if (body[position] !== 0x22) throw unexpected(body, position);
    const nameEnd = skipString(body, position + 1);
    const name = textOf(body, position, nameEnd);
    if (names.has(name)) throw new AppError('duplicate_field', `The body names the same field twice, again at byte ${position}.`, { details: { position } });
    if (names.size >= MOST_FIELDS) throw new AppError('invalid_request', `The body has more than ${MOST_FIELDS} fields.`, { details: { limit: MOST_FIELDS } });
    names.add(name);
    position = skipSpace(body, nameEnd);
    if (body[position] !== 0x3a) throw unexpected(body, position);
    const valueStart = skipSpace(body, position + 1);
    const valueEnd = skipValue(body, valueStart, depth + 1);
    see(name, valueStart, valueEnd);
    position = skipSpace(body, valueEnd);
    if (body[position] === 0x7d) return { end: position + 1, count: names.size };
    if (body[position] !== 0x2c) throw unexpected(body, position);
    position = skipSpace(body, position + 1);
  }
}

function note(scan: BodyScan, body: Buffer, name: string, from: number, to: number): void {
  switch (name) {
    case 'model':
      scan.model = modelOf(body, from, to);
      scan.modelStart = from;
      scan.modelEnd = to;
      return;
    case 'stream':
      scan.stream = booleanOf(body, from, name);
      return;
    case 'stream_options':
      noteStreamOptions(scan, body, from, to);
      return;
    case 'n':
    case 'best_of':
      // Whatever is made is paid for, shown or not.
      scan.n = Math.max(scan.n ?? 0, wholeOf(body, from, to, name, 1, MOST_CHOICES) ?? 0) || null;
      return;
    case 'max_tokens':
    case 'max_completion_tokens':
    case 'max_output_tokens':
      scan.maxTokens = wholeOf(body, from, to, name, 0, MOST_TOKENS) ?? scan.maxTokens;
      if (body[from] !== 0x6e) return;
      scan.nullMaxTokensStart = from;
      scan.nullMaxTokensEnd = to;
  }
}

function noteStreamOptions(scan: BodyScan, body: Buffer, from: number, to: number): void {
  scan.streamOptionsStart = from;
  scan.streamOptionsEnd = to;
  if (body[from] === 0x6e) return;
  if (body[from] !== 0x7b) throw wrongType('stream_options', 'an object');
  scan.hasStreamOptions = true;
  eachMember(body, from, 1, (name, start, end) => {
    if (name !== 'include_usage') return;
    scan.includeUsage = booleanOf(body, start, 'stream_options.include_usage');
    scan.includeUsageStart = start;
    scan.includeUsageEnd = end;
  });
}

function modelOf(body: Buffer, from: number, to: number): string | null {
  if (body[from] === 0x6e) return null;
  if (body[from] !== 0x22) throw wrongType('model', 'a string');
  // Every character takes at most twelve bytes, as a pair of \u escapes.
  const model = to - from <= LONGEST_MODEL * 12 ? textOf(body, from, to) : '';
  if (model.length > LONGEST_MODEL || to - from > LONGEST_MODEL * 12) throw new AppError('invalid_request', `The field model is longer than ${LONGEST_MODEL} characters.`);
  return model;
}

/** `null` is what some clients send for "not set". */
function booleanOf(body: Buffer, from: number, name: string): boolean {
  if (body[from] === 0x74) return true;
  if (body[from] === 0x66 || body[from] === 0x6e) return false;
  throw wrongType(name, 'true or false');
}

/** Money is reserved by these numbers: one that is none, or no amount that anybody means, is not left to the provider to make sense of. */
function wholeOf(body: Buffer, from: number, to: number, name: string, least: number, most: number): number | null {
  const first = body[from]!;
  if (first === 0x6e) return null;
  const value = first >= 0x30 && first <= 0x39 ? Number(body.toString('latin1', from, to)) : Number.NaN;
  if (!Number.isInteger(value) || value < least || value > most) throw wrongType(name, `a whole number from ${least} to ${most}`);
  return value;
}

/** The text of a validated JSON string, quotes included in the range. */
function textOf(body: Buffer, from: number, to: number): string {
  const raw = body.toString('utf8', from + 1, to - 1);
  return raw.includes('\\') ? (JSON.parse(`"${raw}"`) as string) : raw;
}

function wrongType(field: string, wanted: string): AppError {
  return new AppError('invalid_request', `The field ${field} must be ${wanted}.`, { details: { field } });
}

function expectEnd(body: Buffer, from: number): void {
  const end = skipSpace(body, from);
  if (end < body.length) throw unexpected(body, end);
}
