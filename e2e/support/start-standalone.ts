import type { FakeUpstream } from '@byok/testing';
import { freePort } from '@byok/testing';
import { spawn, type ChildProcess } from 'node:child_process';
import { chmod, mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import pg from 'pg';
import { logIn, type AdminClient, type Json } from './admin-client.js';
import { eventually } from './eventually.js';
import { copyPrepared } from './prepared-installation.js';

const ROOT = resolve(import.meta.dirname, '../..');
const PROVIDERS = ['openai', 'anthropic', 'openrouter', 'groq', 'mistral', 'deepseek', 'nebius'];
const START_LIMIT_MS = 120_000;

export const ADMIN_EMAIL = 'admin@byok.local';
export const ADMIN_PASSWORD = 'correct horse battery staple';

export interface StandaloneOptions {
  upstream?: FakeUpstream;
  redisUrl?: string;
  /** Start again on what an earlier one left. */
  folder?: string;
  adminPort?: number;
  gatewayPort?: number;
  environment?: Record<string, string>;
  /** Started by the shell that npm starts and sends its signals to. */
  isByNpm?: boolean;
  /** Begins with what the first start of all leaves, as every later start does: seconds faster. */
  isPrepared?: boolean;
}

export interface RunFile {
  supervisor: number;
  processes: Record<string, number>;
  databasePort: number;
}

export interface Standalone {
  adminUrl: string;
  gatewayUrl: string;
  /** Temporary folder of this installation; the data directory is in it. */
  folder: string;
  dataDirectory: string;
  child: ChildProcess;
  /** What it printed so far. */
  output(): string;
  startedInMs: number;
  runFile(): Promise<RunFile>;
  /** The first admin, logged in. */
  operator(): Promise<AdminClient>;
  /** Every log line of every service so far. */
  logs(): Promise<string>;
  /** One statement as PostgreSQL's superuser: what somebody with the disk could do. */
  sql<T extends pg.QueryResultRow = Json>(statement: string, values?: unknown[]): Promise<T[]>;
  /** Bodies of every answer the clients made here received from the admin API. */
  answers: string[];
  /** SIGTERM, wait, remove the folder unless it is to be used again. */
  stop(options?: { isKept?: boolean }): Promise<number | null>;
}

/** `npm start` as a user would run it, on free ports, in a folder of its own, with every provider played by `upstream`. */
export async function startStandalone(options: StandaloneOptions = {}): Promise<Standalone> {
  const folder = options.folder ?? (await newFolder());
  if (options.isPrepared) await copyPrepared(folder);
  const startedAt = Date.now();
  const launched = await launch({ ...options, folder });
  const { child, output, adminUrl, gatewayUrl, dataDirectory } = launched;
  const isUp = await eventually(() => child.exitCode !== null || output().includes('byok is up'), Boolean, START_LIMIT_MS);
  if (!isUp || child.exitCode !== null) {
    await stopStandalone(child, folder, options.folder !== undefined);
    throw new Error(`byok did not start (exit code ${child.exitCode}):\n${output()}`);
  }

  const answers: string[] = [];
  const runFile = async () => JSON.parse(await readFile(join(dataDirectory, 'run.json'), 'utf8')) as RunFile;
  return {
    adminUrl,
    gatewayUrl,
    folder,
    dataDirectory,
    child,
    output,
    startedInMs: Date.now() - startedAt,
    runFile,
    operator: () => logIn(adminUrl, ADMIN_EMAIL, ADMIN_PASSWORD, (text) => answers.push(text)),
    logs: () => readLogs(dataDirectory),
    sql: (statement, values) => querySuperuser(dataDirectory, runFile, statement, values),
    answers,
    stop: (stopping) => stopStandalone(child, folder, stopping?.isKept === true),
  };
}

export interface Launched {
  child: ChildProcess;
  output(): string;
  adminUrl: string;
  gatewayUrl: string;
  dataDirectory: string;
}

/** Starts the process and waits for nothing: for starts that are meant to fail. */
export async function launch(options: StandaloneOptions & { folder: string }): Promise<Launched> {
  const adminPort = options.adminPort ?? (await freePort());
  const gatewayPort = options.gatewayPort ?? (await freePort());
  const dataDirectory = join(options.folder, 'data');
  const environment = {
    PATH: `${dirname(process.execPath)}:${process.env['PATH'] ?? ''}`,
    BYOK_DATA_DIR: dataDirectory,
    PORT: String(adminPort),
    GATEWAY_PORT: String(gatewayPort),
    BYOK_ADMIN_EMAIL: ADMIN_EMAIL,
    BYOK_ADMIN_PASSWORD: ADMIN_PASSWORD,
    ...(options.upstream ? { BYOK_PROVIDER_BASE_URLS: JSON.stringify(options.upstream.baseUrls(...PROVIDERS)) } : {}),
    ...(options.redisUrl ? { REDIS_URL: options.redisUrl } : {}),
    ...options.environment,
  };
  let said = '';
  // The channel ends with this test run, and the installation with the channel.
  const [command, ...words] = options.isByNpm ? ['sh', '-c', await startScript()] : [process.execPath, 'apps/standalone/dist/main.js'];
  const child = spawn(command!, words, { cwd: ROOT, env: environment, stdio: ['ignore', 'pipe', 'pipe', 'ipc'] });
  child.stdout?.on('data', (chunk: Buffer) => (said += chunk.toString()));
  child.stderr?.on('data', (chunk: Buffer) => (said += chunk.toString()));
  return { child, output: () => said, adminUrl: `http://127.0.0.1:${adminPort}`, gatewayUrl: `http://127.0.0.1:${gatewayPort}`, dataDirectory };
}

async function startScript(): Promise<string> {
  return (JSON.parse(await readFile(join(ROOT, 'package.json'), 'utf8')) as { scripts: { start: string } }).scripts.start;
}

/** A folder that PostgreSQL's own user can pass through when the tests run as root. */
export async function newFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'byok-e2e-'));
  await chmod(folder, 0o711);
  return folder;
}

export async function exited(child: ChildProcess): Promise<number | null> {
  if (child.exitCode === null && child.signalCode === null) await new Promise((resolve) => child.once('exit', resolve));
  return child.exitCode;
}

async function stopStandalone(child: ChildProcess, folder: string, isKept: boolean): Promise<number | null> {
  if (child.exitCode === null && child.signalCode === null) child.kill('SIGTERM');
  const code = await exited(child);
  if (!isKept) await rm(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
  return code;
}

async function readLogs(dataDirectory: string): Promise<string> {
  const folder = join(dataDirectory, 'logs');
  const files = (await readdir(folder)).filter((name) => name.endsWith('.log'));
  return (await Promise.all(files.map((name) => readFile(join(folder, name), 'utf8')))).join('\n');
}

async function querySuperuser<T extends pg.QueryResultRow>(dataDirectory: string, runFile: () => Promise<RunFile>, statement: string, values: unknown[] = []): Promise<T[]> {
  const { postgresPassword } = JSON.parse(await readFile(join(dataDirectory, 'secrets.json'), 'utf8')) as { postgresPassword: string };
  const { databasePort } = await runFile();
  const client = new pg.Client({ host: '127.0.0.1', port: databasePort, user: 'postgres', password: postgresPassword, database: 'byok' });
  await client.connect();
  try {
    return (await client.query<T>(statement, values)).rows;
  } finally {
    await client.end();
  }
}
