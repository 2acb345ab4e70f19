import { existsSync } from 'node:fs';
import { chmod, lchown, lstat, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { copyTree, type CopyOptions } from './copy-tree.js';

/** Made anew by every start, or only of use to the server that runs (PostgreSQL manual, "Making a Base Backup Using the Low Level API"). */
const LEFT_OUT = /^(?:postmaster\.(?:pid|opts)|pg_wal\/.+|pg_(?:replslot|dynshmem|notify|serial|snapshots|stat_tmp|subtrans)\/.+|(?:.+\/)?pgsql_tmp.*)$/;
const SLOT = 'byok_backup';

/** The files of a server that is stopped. */
export async function copyStopped(from: string, to: string, options: CopyOptions): Promise<void> {
  await copyTree(from, to, { ...options, isLeftOut: (path) => /^postmaster\.(?:pid|opts)$/.test(path) });
}

/**
 * The files of a server that runs, by PostgreSQL's own rules: it is told that a backup begins, its files are copied while it works, and the log
 * of changes from the beginning to the end makes them one state. The restored server replays that log at its first start.
 */
export async function copyRunning(url: string, from: string, to: string, options: CopyOptions): Promise<void> {
  const client = new pg.Client({ connectionString: url, application_name: 'backup' });
  client.on('error', () => undefined); // the query that runs says so
  await client.connect();
  try {
    // Holds the log back from recycling until it is copied; a temporary slot goes with this connection.
    await client.query('SELECT pg_create_physical_replication_slot($1, true, true)', [SLOT]);
    await client.query("SELECT pg_backup_start('byok', true)");
    await copyTree(from, to, { ...options, isLeftOut: (path) => LEFT_OUT.test(path) });
    const { rows } = await client.query<{ labelfile: string; spcmapfile: string; lsn: string }>('SELECT labelfile, spcmapfile, lsn::text FROM pg_backup_stop(false)');
    const { labelfile, spcmapfile, lsn } = rows[0]!;
    await flushedUpTo(client, lsn);
    await copyTree(join(from, 'pg_wal'), join(to, 'pg_wal'), { ...options, isLeftOut: (path) => path.includes('/') });
    await mkdir(join(to, 'pg_wal', 'archive_status'), { recursive: true, mode: 0o700 });
    await writeOwned(join(to, 'backup_label'), labelfile, from);
    if (spcmapfile) await writeOwned(join(to, 'tablespace_map'), spcmapfile, from);
    await ownLike(from, join(to, 'pg_wal', 'archive_status'));
  } finally {
    await client.end();
  }
}

/** The end of the backup must be on disk before the log is copied. */
async function flushedUpTo(client: pg.Client, lsn: string): Promise<void> {
  for (let tries = 0; tries < 100; tries++) {
    const { rows } = await client.query<{ done: boolean }>('SELECT pg_current_wal_flush_lsn() >= $1::pg_lsn AS done', [lsn]);
    if (rows[0]!.done) return;
    await sleep(50);
  }
  throw new Error('the end of the backup did not reach the disk');
}

async function writeOwned(file: string, content: string, like: string): Promise<void> {
  await writeFile(file, content);
  await chmod(file, 0o600);
  await ownLike(like, file);
}

async function ownLike(like: string, path: string): Promise<void> {
  if (process.getuid?.() !== 0 || !existsSync(path)) return;
  const { uid, gid } = await lstat(like);
  await lchown(path, uid, gid);
}
