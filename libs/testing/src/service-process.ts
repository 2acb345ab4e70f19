import { fork } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { TestCertificates } from './test-authority.js';

export interface ServiceProcess {
  readonly pid: number;
  /** Sends a message to what `nodeArguments` put into it, and waits for the answer. */
  ask(message: string): Promise<unknown>;
  /** Everything it wrote so far. */
  output(): string;
  /** Resolves when it has written this; what a process writes arrives after its answers may. */
  says(text: string): Promise<void>;
  /** Ends it; resolves with its exit code, null when the signal ended it. */
  kill(signal: 'SIGTERM' | 'SIGKILL'): Promise<number | null>;
}

export interface ServiceProcessOptions {
  /** Its main.ts. */
  entry: string;
  /** Where its certificate files are written. */
  folder: string;
  certificates: TestCertificates;
  variables: Record<string, string>;
  /** More arguments of node's own, before the entry. */
  nodeArguments?: string[];
}

/**
 * A real service in a process of its own, as production and the launcher run it.
 * @throws Error with `exitCode` and `output` when it ends before it is ready
 */
export async function startServiceProcess({ entry, folder, certificates, variables, nodeArguments = [] }: ServiceProcessOptions): Promise<ServiceProcess> {
  const files = { TLS_CA: certificates.ca, TLS_CERT: certificates.certificate, TLS_KEY: certificates.key };
  for (const [name, content] of Object.entries(files)) writeFileSync(join(folder, name), content, { mode: 0o600 });
  const child = fork(entry, [], {
    execArgv: ['--conditions=@byok/source', '--import', '@swc-node/register/esm-register', ...nodeArguments],
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    env: { ...Object.fromEntries(Object.keys(files).map((name) => [name, join(folder, name)])), GRPC_HOST: '127.0.0.1', NODE_OPTIONS: '', ...variables },
  });
  let output = '';
  child.stdout!.on('data', (chunk: Buffer) => (output += chunk.toString()));
  child.stderr!.on('data', (chunk: Buffer) => (output += chunk.toString()));
  const exited = new Promise<number | null>((resolve) => child.once('close', (code) => resolve(code)));
  const ready = new Promise<'ready'>((resolve) => child.once('message', () => resolve('ready')));
  const first = await Promise.race([ready, exited]);
  if (first !== 'ready') throw Object.assign(new Error('The service did not start.'), { exitCode: first, output });
  return {
    pid: child.pid!,
    ask: async (message) => {
      child.send(message);
      return ((await once(child, 'message')) as unknown[])[0];
    },
    output: () => output,
    says: async (text) => {
      while (!output.includes(text)) await once(child.stdout!, 'data', { signal: AbortSignal.timeout(10_000) });
    },
    kill: (signal) => {
      child.kill(signal);
      return exited;
    },
  };
}
