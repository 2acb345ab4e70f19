import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

/** Where Jest's global setup leaves an installation that was started once and stopped; named after Jest's own process, so runs do not meet. */
export function preparedFolder(jestPid: number): string {
  return join(tmpdir(), `byok-e2e-prepared-${jestPid}`);
}

/** Copies it, compiled code and owners of files too, into the folder of a story. */
export async function copyPrepared(folder: string): Promise<void> {
  const prepared = [process.pid, process.ppid].map(preparedFolder).find((each) => existsSync(each));
  if (!prepared) throw new Error('No prepared installation: run this story through Jest\'s "e2e" project, whose global setup makes it.');
  await promisify(execFile)('cp', ['-a', join(prepared, 'data'), join(folder, 'data')]);
}
