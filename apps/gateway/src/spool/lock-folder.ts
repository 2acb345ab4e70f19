import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { StartRefused } from '@byok/platform';

/**
 * Takes a folder for this process alone; returns how to give it back. A lock whose process is dead is taken over.
 * @throws StartRefused while another gateway uses the folder
 */
export function lockFolder(folder: string): () => void {
  const path = join(folder, 'lock');
  const holder = readHolder(path);
  if (holder && holder.pid !== process.pid && startOf(holder.pid) === holder.startedAt) {
    throw new StartRefused(`The spool folder is in use by process ${holder.pid}. Every gateway needs a SPOOL_DIR of its own.`);
  }
  writeFileSync(path, JSON.stringify({ pid: process.pid, startedAt: startOf(process.pid) }), { mode: 0o600 });
  return () => rmSync(path, { force: true });
}

function readHolder(path: string): { pid: number; startedAt: string } | undefined {
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as { pid: number; startedAt: string };
  } catch {
    return undefined;
  }
}

/** When a process started, so that a reused process id is not taken for the old holder; "alive" where /proc does not exist. */
function startOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)!.split(' ')[19]!;
  } catch {
    return isAlive(pid) ? 'alive' : 'dead';
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
