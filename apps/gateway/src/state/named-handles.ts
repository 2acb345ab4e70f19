import { hash } from 'node:crypto';

/** Something a provider keeps or sealed, by a name that tells nothing: 43 characters of base64url. */
export type Handle = string;

/** Members of a request that name what an earlier call made. Inside texts the quotes are escaped, so these bytes are members. */
const NAMES = ['previous_response_id', 'conversation', 'encrypted_content', 'file_id', 'container', 'container_id', 'vector_store_ids'] as const;
const MARKS = NAMES.map((name) => Buffer.from(`"${name}"`));
const FILE_MARK = Buffer.from('"file_id"');
/** Searched for in its place: quotes and small letters are everywhere in a prompt, underscores are not, and a search stops at each. */
const FILE_ENDING = Buffer.from('_id"');
const REFERENCE_MARK = Buffer.from('"item_reference"');

/** A sealed text differs from every other within its first bytes; the rest may be megabytes. */
export const TOLD_APART_WITHIN = 64;
const MOST_HANDLES = 256;

export function handleOf(name: string): Handle {
  return hash('sha256', name.slice(0, TOLD_APART_WITHIN), 'base64url');
}

/** What a request names of earlier calls. Only Responses have more than files to name, so other bodies are searched for that alone. */
export function namedHandles(body: Buffer, isResponses: boolean): Handle[] {
  const isMarked = isResponses ? MARKS.some((mark) => body.includes(mark)) || body.includes(REFERENCE_MARK) : namesFile(body);
  if (!isMarked) return [];
  const named = new Set<Handle>();
  collect(JSON.parse(body.toString()), named);
  return [...named];
}

function namesFile(body: Buffer): boolean {
  for (let at = body.indexOf(FILE_ENDING); at !== -1; at = body.indexOf(FILE_ENDING, at + 1)) {
    const end = at + FILE_ENDING.length;
    if (end >= FILE_MARK.length && FILE_MARK.equals(body.subarray(end - FILE_MARK.length, end))) return true;
  }
  return false;
}

function collect(value: unknown, named: Set<Handle>): void {
  if (typeof value !== 'object' || value === null || named.size >= MOST_HANDLES) return;
  if (Array.isArray(value)) return value.forEach((each) => collect(each, named));
  const record = value as Record<string, unknown>;
  for (const name of NAMES) if (Object.hasOwn(record, name)) for (const handle of namesIn(record[name])) named.add(handle);
  if (record['type'] === 'item_reference' && typeof record['id'] === 'string') named.add(handleOf(record['id']));
  Object.values(record).forEach((each) => collect(each, named));
}

/** `auto` is a wish for a new container, not the name of one. */
function namesIn(value: unknown): Handle[] {
  if (typeof value === 'string') return value === '' || value === 'auto' ? [] : [handleOf(value)];
  if (Array.isArray(value)) return value.flatMap((each) => (typeof each === 'string' ? [handleOf(each)] : []));
  const id = typeof value === 'object' && value !== null ? (value as { id?: unknown }).id : undefined;
  return typeof id === 'string' ? [handleOf(id)] : [];
}
