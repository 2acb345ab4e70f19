import { open, readFile } from 'node:fs/promises';

import { isId } from '@byok/kernel';
import type { OrgId } from '@byok/kernel';
import { StartRefused } from '@byok/platform';
import { z } from 'zod';

import type { Tombstone } from './shred.store.js';

const Line = z.strictObject({ orgId: z.custom<OrgId>((value) => isId('org', value)), dekIds: z.array(z.string()), at: z.iso.datetime(), actor: z.string() });

/** The tombstones outside the database, one JSON object a line. A file that is not there yet holds none. @throws StartRefused when it cannot be understood */
export async function readTombstones(path: string | undefined): Promise<Tombstone[]> {
  if (path === undefined) return [];
  const lines = wholeLines(await textOf(path)).split('\n').filter(Boolean);
  return lines.map((line, at) => {
    const parsed = Line.safeParse(parseJson(line));
    if (parsed.success) return { ...parsed.data, at: new Date(parsed.data.at) };
    throw new StartRefused(`Line ${at + 1} of the file that BYOK_SHRED_TOMBSTONES names is not a tombstone. Repair or remove that line; what it names would be readable again.`);
  });
}

/** Appends, and is back when the disk has it. */
export async function writeTombstones(path: string | undefined, tombstones: readonly Tombstone[]): Promise<void> {
  if (path === undefined || tombstones.length === 0) return;
  const present = await textOf(path);
  const file = await open(path, 'a', 0o600);
  try {
    await file.truncate(Buffer.byteLength(wholeLines(present)));
    await file.write(tombstones.map((tombstone) => `${JSON.stringify(tombstone)}\n`).join(''));
    await file.sync();
  } finally {
    await file.close();
  }
}

/** A last line without its end was cut off while it was written, and what it says has not been done. */
function wholeLines(text: string): string {
  return text.slice(0, text.lastIndexOf('\n') + 1);
}

async function textOf(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if ((error as { code?: string }).code === 'ENOENT') return '';
    throw new StartRefused('The file that BYOK_SHRED_TOMBSTONES names cannot be read.');
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
