import { readFileSync } from 'node:fs';
import { rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** How far the spool has been shipped: everything before `offset` of `segment` is with the queue. */
export interface Cursor {
  segment: number;
  offset: number;
}

/** The cursor an earlier process left; a missing or unreadable one means the beginning, and consumers drop what they know. */
export function readCursor(folder: string): Cursor {
  try {
    const cursor = JSON.parse(readFileSync(join(folder, 'cursor'), 'utf8')) as Cursor;
    if (Number.isSafeInteger(cursor.segment) && Number.isSafeInteger(cursor.offset)) return cursor;
  } catch {
    // No cursor yet, or a torn one.
  }
  return { segment: 0, offset: 0 };
}

/** One at a time. Not in the thread of the calls: a file system that is busy with a database may keep it waiting for milliseconds. */
export async function writeCursor(folder: string, cursor: Cursor): Promise<void> {
  const path = join(folder, 'cursor');
  await writeFile(`${path}.new`, JSON.stringify(cursor), { mode: 0o600 });
  await rename(`${path}.new`, path);
}
