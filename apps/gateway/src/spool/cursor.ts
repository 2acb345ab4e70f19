import { readFileSync, renameSync, writeFileSync } from 'node:fs';
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

export function writeCursor(folder: string, cursor: Cursor): void {
  const path = join(folder, 'cursor');
  writeFileSync(`${path}.new`, JSON.stringify(cursor), { mode: 0o600 });
  renameSync(`${path}.new`, path);
}
