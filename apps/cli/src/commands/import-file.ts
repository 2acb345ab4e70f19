import { readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import type { Command } from '../command.js';
import { OldBlobError, oldKey, type OldKey } from '../import/open-old-blob.js';
import { readOldFile } from '../import/read-old-file.js';
import { STORE_OPTIONS, offeredProviders, storeFound, storeOptions } from '../import/store-found.js';
import { Refused, UsageError } from '../refusals.js';
import { table } from '../table.js';

/** Keys of an older system's JSON file become stored keys; with `--shred` the file goes when all of them did. */
export const importFile: Command = {
  name: 'import',
  usage: 'import <file.json> --old-key-file <path> [--owner me|org|group:<id>] [--dry-run] [--skip-test] [--shred]',
  summary: 'store the keys of an older system: AES-256-CBC as <iv>:<hex>, or Fernet',
  options: { ...STORE_OPTIONS, 'old-key-file': { type: 'string' }, shred: { type: 'boolean' } },
  words: 1,
  run: async ({ api, words: [path], options, print }) => {
    const asked = storeOptions(options);
    const old = readOldKey(options['old-key-file']);
    const content = readJson(path!);
    const providers = await offeredProviders(api);
    const byName = new Map(providers.flatMap((provider) => [provider.id, ...namesIn(provider.environment)].map((name) => [name, provider] as const)));
    const { keys, unreadable } = readOldFile(content, old, byName);
    const { failed } = await storeFound(api, keys, asked, print);
    if (unreadable.length > 0) print(table([['NOT READ', 'WHY'], ...unreadable.map(({ at, reason }) => [at, reason])]));
    const left = failed + unreadable.length;
    if (left > 0) throw new Refused(`${left} of ${keys.length + unreadable.length} keys were not stored${options['shred'] === true ? `; ${path} was kept` : ''}.`);
    if (keys.length === 0) return print('No sealed key was found in the file.');
    if (options['shred'] === true && !asked.isDryRun) shred(path!, print);
  },
};

/** Old files call providers by other names: `AZURE_API_KEY` stands for `azure`. */
function namesIn(environment: Readonly<Record<string, string>>): string[] {
  return Object.keys(environment).flatMap((name) => (name.endsWith('_API_KEY') ? [name.slice(0, -'_API_KEY'.length).toLowerCase(), name.slice(0, -'_API_KEY'.length).toLowerCase().replaceAll('_', '-')] : []));
}

function readOldKey(path: string | boolean | undefined): OldKey {
  if (typeof path !== 'string') throw new UsageError('--old-key-file names the file with the key that the old system sealed with.');
  try {
    return oldKey(readFileSync(path, 'utf8').trim());
  } catch (error) {
    throw new UsageError(error instanceof OldBlobError ? error.message : `${path} cannot be read.`);
  }
}

/** No parser's message is passed on: it would quote the file. */
function readJson(path: string): unknown {
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch {
    throw new UsageError(`${path} cannot be read as JSON. Export a table as JSON rows first.`);
  }
}

/** Overwritten, then removed. A file system that copies on write, and every backup, may keep the old bytes: the keys should be rotated all the same. */
function shred(path: string, print: (text: string) => void): void {
  writeFileSync(path, Buffer.alloc(statSync(path).size));
  rmSync(path);
  print(`${path} was overwritten and removed. Backups of it may still hold the keys: rotate them at their providers.`);
}
