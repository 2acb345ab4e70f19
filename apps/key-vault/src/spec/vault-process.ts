import { fork } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

import type { Certificates } from '@byok/platform';

export interface VaultProcess {
  /** Everything it wrote so far. */
  output(): string;
  /** Resolves when it has written this; what a process writes arrives after its answers may. */
  says(text: string): Promise<void>;
  stop(): Promise<number | null>;
}

/** The real service in a process of its own, as production and standalone run it. Rejects with exit code and output when it does not get ready. */
export async function startVaultProcess(folder: string, certificates: Certificates, variables: Record<string, string>): Promise<VaultProcess> {
  const files = { TLS_CA: certificates.ca, TLS_CERT: certificates.certificate, TLS_KEY: certificates.key };
  for (const [name, content] of Object.entries(files)) writeFileSync(join(folder, name), content, { mode: 0o600 });
  const tls = Object.fromEntries(Object.keys(files).map((name) => [name, join(folder, name)]));
  const child = fork(join(import.meta.dirname, '../main.ts'), [], {
    execArgv: ['--conditions=@byok/source', '--import', '@swc-node/register/esm-register'],
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    env: { ...tls, BYOK_KEK: 'env:', BYOK_DEPLOYMENT_ID: 'spec', GRPC_HOST: '127.0.0.1', NODE_OPTIONS: '', ...variables },
  });
  let output = '';
  child.stdout!.on('data', (chunk: Buffer) => (output += chunk.toString()));
  child.stderr!.on('data', (chunk: Buffer) => (output += chunk.toString()));
  const exited = new Promise<number | null>((resolve) => child.once('close', (code) => resolve(code)));
  const ready = new Promise<'ready'>((resolve) => child.once('message', () => resolve('ready')));
  const first = await Promise.race([ready, exited]);
  if (first !== 'ready') throw Object.assign(new Error('The vault did not start.'), { exitCode: first, output });
  return {
    output: () => output,
    says: async (text) => {
      while (!output.includes(text)) await once(child.stdout!, 'data', { signal: AbortSignal.timeout(10_000) });
    },
    stop: () => {
      child.kill('SIGTERM');
      return exited;
    },
  };
}
