import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

export interface Finding {
  where: string;
  form: string;
}

interface Needle {
  form: string;
  bytes: Buffer;
}

/**
 * Every form in which a key could have leaked: the key without its ends (prefix and last four may be shown), plain,
 * base64 and base64url at each of the three alignments, hex in both cases, URL-encoded.
 */
export function needlesOf(key: string): Needle[] {
  const core = key.slice(12, -6);
  const aligned = [0, 1, 2].map((offset) => Buffer.from(core).subarray((3 - offset) % 3));
  // Whole groups of three bytes alone: what follows in the text cannot change their letters.
  const base64 = aligned.map((part) => part.subarray(0, part.length - (part.length % 3)).toString('base64'));
  const hex = Buffer.from(core).toString('hex');
  const forms: [string, string][] = [
    ['plain', core],
    ...base64.map((text): [string, string] => ['base64', text]),
    ...base64.map((text): [string, string] => ['base64url', text.replaceAll('+', '-').replaceAll('/', '_')]),
    ['hex', hex],
    ['hex in capitals', hex.toUpperCase()],
    ['URL-encoded', encodeURIComponent(core)],
    ['UTF-16', Buffer.from(core, 'utf16le').toString('latin1')],
  ];
  const seen = new Set<string>();
  return forms.filter(([, text]) => !seen.has(text) && seen.add(text)).map(([form, text]) => ({ form, bytes: Buffer.from(text, 'latin1') }));
}

/** Looks for every form of every key in a piece of data. */
export function scan(where: string, data: Buffer | string, keys: readonly string[]): Finding[] {
  const haystack = typeof data === 'string' ? Buffer.from(data) : data;
  return keys.flatMap(needlesOf).flatMap(({ form, bytes }) => (haystack.includes(bytes) ? [{ where, form }] : []));
}

/** Looks through every file below a folder. */
export async function scanFolder(folder: string, keys: readonly string[]): Promise<Finding[]> {
  const findings: Finding[] = [];
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const file = join(entry.parentPath, entry.name);
    // PostgreSQL removes and renames its own files while we look.
    const data = await readFile(file).catch(() => undefined);
    if (data) findings.push(...scan(file, data, keys));
  }
  return findings;
}
