import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { StartRefused } from '@byok/platform';
import { z } from 'zod';

const MANIFEST = 'manifest.json';

/** What a backup consists of, so that a restore knows that it has all of it. */
const Manifest = z.object({
  format: z.literal(1),
  takenAt: z.string(),
  postgresVersion: z.string(),
  /** Without it nothing sealed can be opened: it is kept apart unless somebody asked otherwise. */
  hasKeyring: z.boolean(),
  /** SHA-256 in hex by path. */
  files: z.record(z.string(), z.string().regex(/^[0-9a-f]{64}$/)),
});
export type Manifest = z.infer<typeof Manifest>;

export async function writeManifest(folder: string, facts: Omit<Manifest, 'format' | 'files'>): Promise<Manifest> {
  const manifest: Manifest = { format: 1, ...facts, files: await digests(folder) };
  await writeFile(join(folder, MANIFEST), `${JSON.stringify(manifest, null, 1)}\n`, { mode: 0o600 });
  return manifest;
}

/** @throws StartRefused when a file is missing, changed, or was not there when the backup was taken */
export async function readManifest(folder: string): Promise<Manifest> {
  const text = await readFile(join(folder, MANIFEST), 'utf8').catch(() => {
    throw new StartRefused(`${folder} is no backup, or one that was not finished: it has no ${MANIFEST}.`);
  });
  const manifest = Manifest.safeParse(JSON.parse(text));
  if (!manifest.success) throw new StartRefused(`${folder} was written by another version of byok. Restore it with the version that wrote it.`);
  const found = await digests(folder);
  const wrong = [...new Set([...Object.keys(found), ...Object.keys(manifest.data.files)])].filter((path) => found[path] !== manifest.data.files[path]);
  if (wrong.length > 0) throw new StartRefused(`${wrong.length} files of the backup are missing, changed or too many, ${wrong[0]} first. Take another backup.`);
  return manifest.data;
}

async function digests(folder: string): Promise<Record<string, string>> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const paths = entries.filter((entry) => entry.isFile()).map((entry) => relative(folder, join(entry.parentPath, entry.name)));
  const found: Record<string, string> = {};
  for (const path of paths.filter((each) => each !== MANIFEST).sort()) {
    const hash = createHash('sha256');
    await pipeline(createReadStream(join(folder, path)), hash);
    found[path] = hash.digest('hex');
  }
  return found;
}
