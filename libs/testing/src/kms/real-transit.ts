import { spawn } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import { freePort } from '../free-port.js';

export interface RealTransit {
  address: string;
  token: string;
  close(): Promise<void>;
}

const ROOT_TOKEN = 'spec-root';
const READY_MS = 20_000;

/** Where OpenBao or HashiCorp Vault is on the PATH; undefined where there is none. */
export function findVaultBinary(path = process.env['PATH'] ?? ''): string | undefined {
  const candidates = ['bao', 'vault'].flatMap((name) => path.split(delimiter).map((folder) => join(folder, name)));
  return candidates.find((file) => {
    try {
      accessSync(file, constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}

/** The real thing in its development mode (everything in memory), with the Transit key `byok`. */
export async function startRealTransit(binary: string): Promise<RealTransit> {
  const port = await freePort();
  const address = `http://127.0.0.1:${port}`;
  const child = spawn(binary, ['server', '-dev', '-dev-no-store-token', `-dev-root-token-id=${ROOT_TOKEN}`, `-dev-listen-address=127.0.0.1:${port}`], { stdio: 'ignore' });
  const ended = new Promise<void>((resume) => child.once('close', () => resume()));
  const close = async (): Promise<void> => {
    child.kill('SIGKILL');
    await ended;
  };
  const ask = (path: string, body?: object): Promise<Response> =>
    fetch(`${address}/v1/${path}`, { method: body ? 'POST' : 'GET', headers: { 'x-vault-token': ROOT_TOKEN }, ...(body ? { body: JSON.stringify(body) } : {}) });
  try {
    for (const until = Date.now() + READY_MS; !(await ask('sys/health').then((answer) => answer.ok, () => false)); ) {
      if (Date.now() > until || child.exitCode !== null) throw new Error(`${binary} does not start in its development mode.`);
      await new Promise((resume) => setTimeout(resume, 100));
    }
    for (const [path, body] of [['sys/mounts/transit', { type: 'transit' }], ['transit/keys/byok', {}]] as const) {
      const answer = await ask(path, body);
      if (!answer.ok) throw new Error(`${binary} answered ${answer.status} to ${path}.`);
    }
  } catch (error) {
    await close();
    throw error;
  }
  return { address, token: ROOT_TOKEN, close };
}
