import { readdir, readFile } from 'node:fs/promises';
import { isAlive } from './is-alive.js';

/** Processes of an installation that are still there: those it named, and whoever has its folder on the command line or in its environment. */
export async function survivors(folder: string, pids: number[]): Promise<number[]> {
  const found = new Set(pids.filter(isAlive));
  for (const entry of await readdir('/proc').catch(() => [])) {
    const pid = Number(entry);
    if (!Number.isInteger(pid) || pid === process.pid) continue;
    const [command, environment] = await Promise.all([readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => ''), readFile(`/proc/${pid}/environ`, 'utf8').catch(() => '')]);
    if (command.includes(folder) || environment.includes(folder)) found.add(pid);
  }
  return [...found];
}
