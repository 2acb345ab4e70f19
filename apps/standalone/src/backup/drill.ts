import { fork } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { StartRefused } from '@byok/platform';
import { dataDirectoryAt, readRunFile } from '../data-directory.js';
import { freePort } from '../free-ports.js';
import type { InstallationSecrets } from '../installation-secrets.js';
import { findFaults, type Finding } from './find-faults.js';
import { putBack } from './put-back.js';

export interface DrillOptions {
  backup: string;
  keyring?: string | undefined;
  path: string;
}

const START_LIMIT_MS = 90_000;

/**
 * Proves that a backup can be restored: puts it back into a temporary folder, starts the product on it (whose vault refuses a KEK that does not
 * open what is there), looks through the database, stops it and removes everything.
 */
export async function drill({ backup, keyring, path }: DrillOptions): Promise<Finding[]> {
  const folder = await mkdtemp(join(tmpdir(), 'byok-drill-'));
  await chmod(folder, 0o711);
  const directory = dataDirectoryAt(join(folder, 'data'));
  try {
    await putBack({ backup, to: directory.root, keyring });
    const product = await startProduct(directory.root, path);
    try {
      const { postgresPassword } = JSON.parse(readFileSync(directory.secretsFile, 'utf8')) as InstallationSecrets;
      const { databasePort } = readRunFile(directory.runFile)!;
      return [{ what: 'the restored product starts, and its KEK opens what it sealed' }, ...(await findFaults(`postgres://postgres:${postgresPassword}@127.0.0.1:${databasePort}/byok`))];
    } finally {
      await product.stop();
    }
  } finally {
    await rm(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
  }
}

async function startProduct(dataDirectory: string, path: string): Promise<{ stop(): Promise<void> }> {
  const own = fileURLToPath(import.meta.url);
  const environment = { PATH: path, BYOK_DATA_DIR: dataDirectory, PORT: String(await freePort()), GATEWAY_PORT: String(await freePort()) };
  const child = fork(join(own, '..', '..', `main${extname(own)}`), [], { env: environment, stdio: ['ignore', 'pipe', 'pipe', 'ipc'] });
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  let said = '';
  child.stderr?.on('data', (chunk: Buffer) => (said = (said + chunk.toString()).slice(-2_000)));
  const ready = new Promise<boolean>((resolve) => {
    child.once('message', () => resolve(true));
    child.once('exit', () => resolve(false));
    setTimeout(() => resolve(false), START_LIMIT_MS).unref();
  });
  const stop = async (): Promise<void> => {
    child.kill('SIGTERM');
    await ended;
  };
  if (await ready) return { stop };
  await stop();
  throw new StartRefused(`The restored product did not start. ${said.trim().split('\n').at(-1) ?? ''}`);
}
