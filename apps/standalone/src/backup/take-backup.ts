import { existsSync, readFileSync } from 'node:fs';
import { mkdir, rename, rm } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import { StartRefused } from '@byok/platform';
import { dataDirectoryAt, isAlive, readRunFile, type DataDirectory } from '../data-directory.js';
import type { InstallationSecrets } from '../installation-secrets.js';
import { copyRunning, copyStopped } from './copy-database.js';
import { copyTree } from './copy-tree.js';
import { writeManifest, type Manifest } from './manifest.js';

export interface BackupOptions {
  dataDirectory: string;
  /** A folder that does not exist yet. */
  to: string;
  /** Copies the KEK, too. Whoever has both has every key. */
  withKeyring: boolean;
  say(text: string): void;
}

/** Of this run, or of no use anywhere else. */
const OF_THE_MOMENT = ['postgres', 'tmp', 'logs', 'certificates', 'run.json', 'run.json.new', 'spool/lock'];

/** A whole installation in a folder, taken while it runs or while it is stopped. The KEK is left out unless asked for. */
export async function takeBackup({ dataDirectory, to, withKeyring, say }: BackupOptions): Promise<Manifest> {
  const directory = dataDirectoryAt(dataDirectory);
  if (!existsSync(directory.secretsFile) || !existsSync(directory.postgres)) throw new StartRefused(`${directory.root} holds no installation of byok. Name it with --data-dir.`);
  const target = resolve(to);
  if (existsSync(target)) throw new StartRefused(`${target} exists already. A backup goes into a folder of its own.`);
  // Only a whole backup gets the name.
  const unfinished = `${target}.unfinished`;
  await rm(unfinished, { recursive: true, force: true });
  await mkdir(unfinished, { recursive: true, mode: 0o711 });
  try {
    // The spool first: what it loses by being shipped meanwhile is in the database by then.
    const leftOut = [...OF_THE_MOMENT, ...(withKeyring ? [] : [basename(directory.keyringFile)])];
    await copyTree(directory.root, unfinished, { isLeftOut: (path) => leftOut.includes(path) });
    await copyDatabase(directory, join(unfinished, 'postgres'), say);
    const postgresVersion = readFileSync(join(directory.postgres, 'PG_VERSION'), 'utf8').trim();
    const manifest = await writeManifest(unfinished, { takenAt: new Date().toISOString(), postgresVersion, hasKeyring: withKeyring });
    await rename(unfinished, target);
    return manifest;
  } catch (error) {
    await rm(unfinished, { recursive: true, force: true });
    throw error;
  }
}

async function copyDatabase(directory: DataDirectory, to: string, say: (text: string) => void): Promise<void> {
  let [files, bytes] = [0, 0];
  const onFile = (size: number): void => {
    bytes += size;
    if (++files % 500 === 0) say(`${files} files, ${Math.round(bytes / 2 ** 20)} MB`);
  };
  const running = readRunFile(directory.runFile);
  if (running && isAlive(running.supervisor)) {
    const { postgresPassword } = JSON.parse(readFileSync(directory.secretsFile, 'utf8')) as InstallationSecrets;
    await copyRunning(`postgres://postgres:${postgresPassword}@127.0.0.1:${running.databasePort}/byok`, directory.postgres, to, { onFile });
  } else {
    if (existsSync(join(directory.postgres, 'postmaster.pid'))) throw new StartRefused('byok was not stopped in an orderly way. Start it once and take the backup then.');
    await copyStopped(directory.postgres, to, { onFile });
  }
  say(`${files} files, ${Math.round(bytes / 2 ** 20)} MB`);
}
