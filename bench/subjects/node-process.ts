import { spawn, type ChildProcess } from 'node:child_process';
import { openSync } from 'node:fs';
import { join } from 'node:path';
import { onCore } from '../processes.js';

export const SOURCE_ARGUMENTS = ['--conditions=@byok/source', '--import', '@swc-node/register/esm-register'];
const READY_LIMIT_MS = 90_000;

export interface Launched {
  child: ChildProcess;
  pid: number;
  stop(): Promise<void>;
}

const children = new Set<ChildProcess>();
process.once('exit', () => children.forEach((child) => child.kill('SIGTERM')));
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1));

/** However the benchmark ends, this child does not outlive it. */
export function endsWithUs(child: ChildProcess): ChildProcess {
  children.add(child);
  child.once('exit', () => children.delete(child));
  return child;
}

/** Starts this very Node on one core, with output to a file of the run's folder. */
export function launchNode(options: { name: string; folder: string; core: number; nodeArguments: string[]; environment?: Record<string, string> }): Launched {
  const output = openSync(join(options.folder, `${options.name}.log`), 'a');
  const [program, argumentList] = onCore(options.core, process.execPath, options.nodeArguments);
  const child = endsWithUs(
    spawn(program, argumentList, {
      cwd: join(import.meta.dirname, '../..'),
      stdio: ['ignore', output, output, 'ipc'],
      env: options.environment ?? { PATH: process.env['PATH'] ?? '' },
    }),
  );
  // taskset replaces itself by the program, so this is the pid of Node.
  return { child, pid: child.pid!, stop: () => stopChild(child) };
}

/** The port a child of ours says it listens on. */
export function portOf(child: ChildProcess, name: string): Promise<number> {
  return new Promise((resolve, reject) => {
    const limit = setTimeout(() => reject(new Error(`${name} did not start in ${READY_LIMIT_MS / 1000} s.`)), READY_LIMIT_MS);
    child.once('exit', (code) => reject(new Error(`${name} ended while starting (exit code ${code}).`)));
    child.once('message', (message) => {
      clearTimeout(limit);
      resolve((message as { port: number }).port);
    });
  });
}

export async function stopChild(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const isGone = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGTERM');
  const killer = setTimeout(() => child.kill('SIGKILL'), 15_000);
  await isGone;
  clearTimeout(killer);
}

/** Waits until somebody answers on a URL, whatever the answer; gives up at once when the process that should has ended. */
export async function answering(url: string, name: string, child: ChildProcess): Promise<void> {
  const deadline = Date.now() + READY_LIMIT_MS;
  while (Date.now() < deadline && child.exitCode === null && child.signalCode === null) {
    const isUp = await fetch(url).then(
      (response) => response.arrayBuffer().then(() => true),
      () => false,
    );
    if (isUp) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(`${name} does not answer on ${url}.`);
}
