import { fork } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Certificates } from '@byok/platform';

export interface BillingProcess {
  /** Everything it wrote so far. */
  output(): string;
  kill(signal: 'SIGTERM' | 'SIGKILL'): Promise<number | null>;
}

/** The real service in a process of its own, as production and standalone run it. Rejects with exit code and output when it does not get ready. */
export async function startBillingProcess(folder: string, certificates: Certificates, variables: Record<string, string>): Promise<BillingProcess> {
  const files = { TLS_CA: certificates.ca, TLS_CERT: certificates.certificate, TLS_KEY: certificates.key };
  for (const [name, content] of Object.entries(files)) writeFileSync(join(folder, name), content, { mode: 0o600 });
  const tls = Object.fromEntries(Object.keys(files).map((name) => [name, join(folder, name)]));
  const child = fork(join(import.meta.dirname, '../main.ts'), [], {
    execArgv: ['--conditions=@byok/source', '--import', '@swc-node/register/esm-register'],
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    env: { ...tls, GRPC_HOST: '127.0.0.1', NODE_OPTIONS: '', ...variables },
  });
  let output = '';
  child.stdout!.on('data', (chunk: Buffer) => (output += chunk.toString()));
  child.stderr!.on('data', (chunk: Buffer) => (output += chunk.toString()));
  const exited = new Promise<number | null>((resolve) => child.once('close', (code) => resolve(code)));
  const ready = new Promise<'ready'>((resolve) => child.once('message', () => resolve('ready')));
  const first = await Promise.race([ready, exited]);
  if (first !== 'ready') throw Object.assign(new Error('usage-billing did not start.'), { exitCode: first, output });
  return {
    output: () => output,
    kill: (signal) => {
      child.kill(signal);
      return exited;
    },
  };
}
