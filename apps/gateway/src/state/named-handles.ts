import { hash } from 'node:crypto';
import { STATE_NAMES, type BodyScan } from '@byok/providers';

/** Something a provider keeps or sealed, by a name that tells nothing: 43 characters of base64url. */
export type Handle = string;

/** A sealed text differs from every other within its first bytes; the rest may be megabytes. */
export const TOLD_APART_WITHIN = 64;
const MOST_HANDLES = 256;

export function handleOf(name: string): Handle {
  return hash('sha256', name.slice(0, TOLD_APART_WITHIN), 'base64url');
}

/** What a request names of earlier calls. Only Responses have more than files to name, so other bodies are looked through for that alone. */
export function namedHandles(body: Buffer, { namesFile, namesState }: BodyScan, isResponses: boolean): Handle[] {
  if (!(isResponses ? namesState : namesFile)) return [];
  const named = new Set<Handle>();
  collect(JSON.parse(body.toString()), named);
  return [...named];
}

function collect(value: unknown, named: Set<Handle>): void {
  if (typeof value !== 'object' || value === null || named.size >= MOST_HANDLES) return;
  if (Array.isArray(value)) return value.forEach((each) => collect(each, named));
  const record = value as Record<string, unknown>;
  for (const name of STATE_NAMES) if (Object.hasOwn(record, name)) for (const handle of namesIn(record[name])) named.add(handle);
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
