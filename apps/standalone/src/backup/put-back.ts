import { existsSync, readdirSync } from 'node:fs';
import { appendFile, chmod, copyFile, mkdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { StartRefused } from '@byok/platform';
import { dataDirectoryAt } from '../data-directory.js';
import { copyTree } from './copy-tree.js';
import { readManifest, type Manifest } from './manifest.js';

export interface RestoreOptions {
  backup: string;
  /** A data directory that is empty or does not exist. */
  to: string;
  /** The KEK, where the backup was taken without it. */
  keyring?: string | undefined;
  /** `shredded.jsonl` of the installation that is replaced: an org made unreadable since the backup stays so. */
  tombstones?: string | undefined;
}

/** A data directory as it was when the backup was taken. Every file is compared with the manifest before the first is written. */
export async function putBack({ backup, to, keyring, tombstones }: RestoreOptions): Promise<Manifest> {
  const directory = dataDirectoryAt(to);
  if (existsSync(directory.root) && readdirSync(directory.root).length > 0) throw new StartRefused(`${directory.root} is not empty. Restore into a new folder, then start byok with BYOK_DATA_DIR set to it.`);
  const manifest = await readManifest(backup);
  if (!manifest.hasKeyring && !keyring) throw new StartRefused('The backup was taken without the keyring. Name it with --keyring: without the KEK no key can be opened.');
  for (const file of [keyring, tombstones]) if (file !== undefined && !existsSync(file)) throw new StartRefused(`${file} cannot be read.`);
  await mkdir(directory.root, { recursive: true, mode: 0o711 });
  await copyTree(backup, directory.root, { isLeftOut: (path) => path === 'manifest.json' });
  await rm(join(directory.root, 'manifest.json'), { force: true });
  if (keyring) await copyFile(keyring, directory.keyringFile);
  // Told twice is told: a tombstone names an org, and does not count.
  if (tombstones) await appendFile(directory.tombstoneFile, await readFile(tombstones, 'utf8'), { mode: 0o600 });
  await chmod(directory.keyringFile, 0o600);
  await chmod(directory.root, 0o711);
  return manifest;
}
