import { copyFile, lchown, lstat, mkdir, readdir } from 'node:fs/promises';
import { join } from 'node:path';

export interface CopyOptions {
  /** Left out, by their path below the root. */
  isLeftOut?(path: string): boolean;
  /** Told after each file how many bytes it had. */
  onFile?(bytes: number): void;
}

/** Copies a folder with its modes, and as root with its owners: PostgreSQL's files belong to PostgreSQL's user. A file that goes meanwhile is left out. */
export async function copyTree(from: string, to: string, options: CopyOptions = {}, below = ''): Promise<void> {
  const { mode, uid, gid } = await lstat(from);
  await mkdir(to, { recursive: true, mode: mode & 0o777 });
  if (process.getuid?.() === 0) await lchown(to, uid, gid);
  for (const entry of await readdir(from, { withFileTypes: true })) {
    const path = below ? `${below}/${entry.name}` : entry.name;
    if (options.isLeftOut?.(path)) continue;
    if (entry.isDirectory()) await copyTree(join(from, entry.name), join(to, entry.name), options, path);
    else if (entry.isFile()) await copyOne(join(from, entry.name), join(to, entry.name), options);
  }
}

async function copyOne(from: string, to: string, { onFile }: CopyOptions): Promise<void> {
  try {
    const { uid, gid, size } = await lstat(from);
    await copyFile(from, to);
    if (process.getuid?.() === 0) await lchown(to, uid, gid);
    onFile?.(size);
  } catch (error) {
    // A table dropped or a log removed while we copy: PostgreSQL's own log of changes knows about it.
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
}
