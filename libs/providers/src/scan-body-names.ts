import { AppError } from '@byok/kernel';

/** The text of a validated JSON string, quotes included in the range. */
export function textOf(body: Buffer, from: number, to: number): string {
  const raw = body.toString('utf8', from + 1, to - 1);
  return raw.includes('\\') ? (JSON.parse(`"${raw}"`) as string) : raw;
}

/** Members of a request that name what an earlier call made. */
export const STATE_NAMES = ['previous_response_id', 'conversation', 'encrypted_content', 'file_id', 'container', 'container_id', 'vector_store_ids'] as const;

/** Where a request's conversation begins, in the dialects that callers speak. */
const BEGINNINGS = ['system', 'instructions', 'messages', 'input', 'contents', 'systemInstruction', 'system_instruction', 'prompt'] as const;

const READ_NAMES = ['model', 'stream', 'stream_options', 'include_usage', 'n', 'best_of', 'max_tokens', 'max_completion_tokens', 'max_output_tokens', 'type'] as const;

/** A name that matters. */
export interface KnownName {
  readonly name: '' | (typeof READ_NAMES)[number] | (typeof STATE_NAMES)[number] | (typeof BEGINNINGS)[number];
  readonly bytes: Buffer;
  readonly isState: boolean;
  readonly isBeginning: boolean;
}

/** Every other name. */
export const ANY_NAME = known('', false, false);

const ALL: readonly KnownName[] = [...READ_NAMES.map((name) => known(name, false, false)), ...STATE_NAMES.map((name) => known(name, true, false)), ...BEGINNINGS.map((name) => known(name, false, true))];
const BACKSLASH = 0x5c;
const LONGEST = Math.max(...ALL.map(({ name }) => name.length));
const BY_TEXT: ReadonlyMap<string, KnownName> = new Map(ALL.map((each) => [each.name, each]));
const BY_LENGTH: readonly (readonly KnownName[])[] = Array.from({ length: LONGEST + 1 }, (_, length) => ALL.filter(({ name }) => name.length === length));

function known(name: KnownName['name'], isState: boolean, isBeginning: boolean): KnownName {
  return { name, bytes: Buffer.from(name), isState, isBeginning };
}

/** Which of the names that matter a member has; no text is made of the others. */
export function knownName(body: Buffer, from: number, to: number, isPlain: boolean): KnownName {
  const length = to - from - 2;
  if (!isPlain) return length <= 6 * LONGEST && body.subarray(from, to).includes(BACKSLASH) ? (BY_TEXT.get(textOf(body, from, to)) ?? ANY_NAME) : ANY_NAME;
  if (length > LONGEST) return ANY_NAME;
  const names = BY_LENGTH[length]!;
  for (let index = 0; index < names.length; index += 1) if (isAt(body, from + 1, names[index]!.bytes)) return names[index]!;
  return ANY_NAME;
}

export function isAt(body: Buffer, from: number, bytes: Buffer): boolean {
  for (let index = 0; index < bytes.length; index += 1) if (body[from + index] !== bytes[index]) return false;
  return true;
}

const MOST_FIELDS = 256;
/** More names than this are remembered as texts; so are all, once there is one that is not plain. */
const FEW = 16;

/** The names in one object: one that comes twice is refused, because two readers could then see two requests. */
export class FieldNames {
  count = 0;
  /** Of each name its length with its first and last byte, and where it begins. */
  readonly #plain: number[] = [];
  #texts: Set<string> | undefined;

  /** What is wrong with one name more. */
  add(body: Buffer, from: number, to: number, isPlain: boolean): AppError | null {
    if (this.#texts || !isPlain || this.count >= FEW) return this.#addText(body, from, to);
    const mark = ((to - from) << 14) | (body[from + 1]! << 7) | body[to - 2]!;
    const plain = this.#plain;
    for (let index = 0; index < plain.length; index += 2) if (plain[index] === mark && isSame(body, plain[index + 1]!, from, to)) return twice(from);
    plain.push(mark, from);
    this.count += 1;
    return null;
  }

  #addText(body: Buffer, from: number, to: number): AppError | null {
    const texts = (this.#texts ??= textsAt(body, this.#plain));
    const text = textOf(body, from, to);
    if (texts.has(text)) return twice(from);
    if (this.count >= MOST_FIELDS) return new AppError('invalid_request', `The body has more than ${MOST_FIELDS} fields.`, { details: { limit: MOST_FIELDS } });
    texts.add(text);
    this.count += 1;
    return null;
  }
}

function textsAt(body: Buffer, plain: readonly number[]): Set<string> {
  const starts = plain.filter((_, index) => index % 2 === 1);
  return new Set(starts.map((start) => body.toString('latin1', start + 1, body.indexOf(0x22, start + 1))));
}

/** With its closing quote, which stands in no plain name, the one is the same as the other. */
function isSame(body: Buffer, other: number, from: number, to: number): boolean {
  for (let index = to - from - 1; index >= 0; index -= 1) if (body[other + index] !== body[from + index]) return false;
  return true;
}

function twice(position: number): AppError {
  return new AppError('duplicate_field', `The body names the same field twice, again at byte ${position}.`, { details: { position } });
}
