import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';

const POLL_MS = 20;
const LIMIT_MS = 30_000;

export type LoopCommand = 'spin-start' | 'spin-stop' | 'profile-start' | 'profile-stop';

/** The argument that loads the hook into a Node process and, by inheritance, into what it forks. */
export function hookArgument(folder: string): string {
  return `--import=${pathToFileURL(join(import.meta.dirname, 'loop-hook.mjs')).href}?folder=${encodeURIComponent(folder)}`;
}

/** Tells the hook in a process what to do and waits for its answer. */
export async function command<T>(folder: string, pid: number, what: LoopCommand): Promise<T> {
  const path = join(folder, String(pid));
  await rm(`${path}.answer`, { force: true });
  await writeFile(`${path}.command`, what);
  process.kill(pid, 'SIGUSR2');
  for (const deadline = Date.now() + LIMIT_MS; Date.now() < deadline; await sleep(POLL_MS)) {
    const answer = await readFile(`${path}.answer`, 'utf8').catch(() => undefined);
    if (answer !== undefined) return JSON.parse(answer) as T;
  }
  throw new Error(`Process ${pid} did not answer to ${what}.`);
}
