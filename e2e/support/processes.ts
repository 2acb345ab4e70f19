import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Standalone } from './start-standalone.js';

/** The pid of a service, or of PostgreSQL's own server; undefined while there is none. */
export async function pidOf(standalone: Standalone, name: string): Promise<number | undefined> {
  if (name === 'postgresql') return serverPid(standalone);
  return (await standalone.runFile()).processes[name];
}

async function serverPid({ dataDirectory }: Standalone): Promise<number | undefined> {
  const file = await readFile(join(dataDirectory, 'postgres', 'postmaster.pid'), 'utf8').catch(() => '');
  return Number(file.split('\n')[0]) || undefined;
}
