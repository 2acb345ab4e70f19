import { freePort } from '@byok/testing';
import { execFile } from 'node:child_process';
import { copyFile, mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { hookArgument } from '../loop-control.js';
import { CORES } from '../processes.js';
import { answering, launchNode } from './node-process.js';
import type { Subject, Surroundings } from './subject.js';

const PREFIX = join(import.meta.dirname, '../out/peers');
const PACKAGE = join(PREFIX, 'node_modules/@portkey-ai/gateway');
const INSTALL_LIMIT_MS = 180_000;

/** The open-source gateway of Portkey, on the same Node, passing calls on to the fake upstream as its "OpenAI". */
export async function startPortkey({ upstreamPort, folder }: Surroundings): Promise<Subject | undefined> {
  const version = await install();
  if (version === undefined) return undefined;
  const port = await freePort();
  const script = join(PACKAGE, 'build/start-server.js');
  const { child, pid, stop } = launchNode({ name: 'portkey', folder, core: CORES.proxy, nodeArguments: [hookArgument(folder), script, `--port=${port}`, '--headless'] });
  const url = `http://127.0.0.1:${port}`;
  await answering(url, 'Portkey', child);
  const headers = { authorization: 'Bearer sk-bench', 'x-portkey-provider': 'openai', 'x-portkey-custom-host': `http://127.0.0.1:${upstreamPort}/v1` };
  return { name: 'portkey', about: `@portkey-ai/gateway ${version} with @hono/node-server 1.13.8, Node ${process.versions.node}`, url, streamUrl: url, headers, pids: [pid], helpers: () => [], hookFolder: folder, stop };
}

/** Into a folder of the benchmark's own: it is a peer, not a dependency. */
async function install(): Promise<string | undefined> {
  const asked = join(import.meta.dirname, '../peers/package.json');
  const isCurrent = (await textOf(join(PREFIX, 'package.json'))) === (await textOf(asked));
  const present = isCurrent ? await installedVersion() : undefined;
  if (present !== undefined) return present;
  console.log('Installing @portkey-ai/gateway under bench/out/peers …');
  await mkdir(PREFIX, { recursive: true });
  await copyFile(asked, join(PREFIX, 'package.json'));
  try {
    await promisify(execFile)('npm', ['install', '--prefix', PREFIX, '--ignore-scripts', '--no-audit', '--no-fund', '--no-package-lock'], { timeout: INSTALL_LIMIT_MS });
  } catch {
    console.log('@portkey-ai/gateway cannot be installed here (no registry?): its rows are left out.');
    return undefined;
  }
  return installedVersion();
}

async function installedVersion(): Promise<string | undefined> {
  const text = await textOf(join(PACKAGE, 'package.json'));
  return text === undefined ? undefined : (JSON.parse(text) as { version: string }).version;
}

function textOf(path: string): Promise<string | undefined> {
  return readFile(path, 'utf8').catch(() => undefined);
}
