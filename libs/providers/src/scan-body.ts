import { AppError } from '@byok/kernel';
import { JsonScan, type JsonListener } from './json-scan.js';
import { ANY_NAME, FieldNames, isAt, knownName, textOf } from './scan-body-names.js';

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
  /** A member at any depth is called `file_id`; one is called by any of STATE_NAMES, or refers to an item. */
  namesFile: boolean;
  namesState: boolean;
  /** The name of the member with which the conversation begins (`messages`, `system`, …); -1 when there is none. */
  conversationStart: number;
  /** Just behind the opening brace. */
  firstMember: number;
  isEmpty: boolean;
}

const LONGEST_MODEL = 256;
export const MOST_CHOICES = 128;
export const MOST_TOKENS = 10_000_000;

const ITEM_REFERENCE = Buffer.from('"item_reference"');
/** Every letter of it as an escape. */
const LONGEST_REFERENCE = 2 + 6 * (ITEM_REFERENCE.length - 2);

/** Validates a JSON object's structure and finds the fields above. Throws AppError malformed_json, too_deep, duplicate_field, invalid_request. */
export function scanBody(body: Buffer): BodyScan {
  const listener = new BodyListener();
  return finish(body, new JsonScan(listener), listener);
}

/** The same for a body that is still coming in: it is scanned as far as it is there, and nothing is looked at twice. */
export class BodyScanner {
  readonly #listener = new BodyListener();
  readonly #json = new JsonScan(this.#listener);

  /** `body`: the whole from its first byte, as far as it has come. @throws AppError as scanBody does */
  read(body: Buffer): void {
    this.#json.read(body);
  }

  end(body: Buffer): BodyScan {
    return finish(body, this.#json, this.#listener);
  }
}

function finish(body: Buffer, json: JsonScan, { scan, names }: BodyListener): BodyScan {
  json.end(body);
  // A list or a number is valid JSON, so it gets the other error, once it has proved to be valid.
  if (body[json.start] !== 0x7b) throw new AppError('invalid_request', 'The body must be a JSON object.');
  scan.firstMember = json.start + 1;
  scan.isEmpty = names.count === 0;
  return scan;
}

/** Picks what matters out of a body as it goes by. */
class BodyListener implements JsonListener {
  readonly scan = emptyScan();
  readonly names = new FieldNames();
  #name = ANY_NAME;
  /** Of the body's own member that is being read, and of that of its `stream_options`. */
  #field = ANY_NAME;
  #option = ANY_NAME;
  /** What is wrong within `stream_options` is said when all of it has proved to be valid JSON. */
  #optionNames: FieldNames | null = null;
  #wrongOption: AppError | null = null;

  name(body: Buffer, depth: number, from: number, to: number, isPlain: boolean): void {
    const known = (this.#name = knownName(body, from, to, isPlain));
    if (depth === 1) {
      const wrong = this.names.add(body, from, to, isPlain);
      if (wrong) throw wrong;
      this.#field = known;
      if (known.isBeginning && this.scan.conversationStart === -1) this.scan.conversationStart = from;
    } else if (depth === 2 && this.#field.name === 'stream_options') {
      this.#option = known;
      this.#optionNames ??= new FieldNames();
      this.#wrongOption ??= this.#optionNames.add(body, from, to, isPlain);
    }
    if (!known.isState) return;
    this.scan.namesState = true;
    if (known.name === 'file_id') this.scan.namesFile = true;
  }

  value(body: Buffer, depth: number, from: number, to: number): void {
    if (this.#name.name === 'type' && isReference(body, from, to)) this.scan.namesState = true;
    if (depth === 1) {
      note(this.scan, body, this.#field.name, from, to);
      if (this.#wrongOption) throw this.#wrongOption;
    } else if (depth === 2 && this.#field.name === 'stream_options' && this.#option.name === 'include_usage') this.#noteIncludeUsage(body, from, to);
  }

  #noteIncludeUsage(body: Buffer, from: number, to: number): void {
    const { scan } = this;
    scan.includeUsage = body[from] === 0x74;
    scan.includeUsageStart = from;
    scan.includeUsageEnd = to;
    if (!isBoolean(body, from)) this.#wrongOption ??= wrongType('stream_options.include_usage', 'true or false');
  }
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
    namesFile: false,
    namesState: false,
    conversationStart: -1,
    firstMember: 0,
    isEmpty: false,
  };
}

/** True for the word as it is, and for a text that an escape may make into it. */
function isReference(body: Buffer, from: number, to: number): boolean {
  const length = to - from;
  if (length === ITEM_REFERENCE.length) return isAt(body, from, ITEM_REFERENCE);
  return length > ITEM_REFERENCE.length && length <= LONGEST_REFERENCE && body[from] === 0x22 && textOf(body, from, to) === 'item_reference';
}

function note(scan: BodyScan, body: Buffer, name: string, from: number, to: number): void {
  switch (name) {
    case 'model':
      scan.model = modelOf(body, from, to);
      scan.modelStart = from;
      scan.modelEnd = to;
      return;
    case 'stream':
      if (!isBoolean(body, from)) throw wrongType(name, 'true or false');
      scan.stream = body[from] === 0x74;
      return;
    case 'stream_options':
      scan.streamOptionsStart = from;
      scan.streamOptionsEnd = to;
      if (body[from] !== 0x7b && body[from] !== 0x6e) throw wrongType(name, 'an object');
      scan.hasStreamOptions = body[from] === 0x7b;
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

function modelOf(body: Buffer, from: number, to: number): string | null {
  if (body[from] === 0x6e) return null;
  if (body[from] !== 0x22) throw wrongType('model', 'a string');
  // Every character takes at most twelve bytes, as a pair of \u escapes.
  const model = to - from <= LONGEST_MODEL * 12 ? textOf(body, from, to) : '';
  if (model.length > LONGEST_MODEL || to - from > LONGEST_MODEL * 12) throw new AppError('invalid_request', `The field model is longer than ${LONGEST_MODEL} characters.`);
  return model;
}

/** `null` is what some clients send for "not set". */
function isBoolean(body: Buffer, from: number): boolean {
  return body[from] === 0x74 || body[from] === 0x66 || body[from] === 0x6e;
}

/** Money is reserved by these numbers: one that is none, or no amount that anybody means, is not left to the provider to make sense of. */
function wholeOf(body: Buffer, from: number, to: number, name: string, least: number, most: number): number | null {
  const first = body[from]!;
  if (first === 0x6e) return null;
  const value = first >= 0x30 && first <= 0x39 ? Number(body.toString('latin1', from, to)) : Number.NaN;
  if (!Number.isInteger(value) || value < least || value > most) throw wrongType(name, `a whole number from ${least} to ${most}`);
  return value;
}

function wrongType(field: string, wanted: string): AppError {
  return new AppError('invalid_request', `The field ${field} must be ${wanted}.`, { details: { field } });
}
