import { existsSync, readdirSync } from 'node:fs';
import { runner } from 'node-pg-migrate';
import pg from 'pg';
import { StartRefused } from '../runtime/run-service.js';

const MIGRATIONS_TABLE = 'schema_migration';

/**
 * Brings a database up to date with the SQL files of `folders` (each `YYYYMMDDHHMMSS_what.sql`), under an advisory lock, all
 * in one transaction.
 * @throws StartRefused when the database holds a migration that no folder has: it was written by a newer version
 */
export async function migrate(options: { url: string; folders: readonly string[] }): Promise<void> {
  const present = options.folders.filter((folder) => existsSync(folder) && readdirSync(folder).some((file) => file.endsWith('.sql')));
  const client = new pg.Client({ connectionString: options.url });
  // Whoever waits for an answer is told of a lost connection; without a listener it would end the process, too.
  client.on('error', () => undefined);
  await client.connect();
  try {
    await refuseNewer(client, present);
    await runner({
      dbClient: client,
      dir: present.map((folder) => `${folder}/*.sql`),
      useGlob: true,
      direction: 'up',
      migrationsTable: MIGRATIONS_TABLE,
      // Folders belong to different services, so a newer file of one may come after an older file of another was added.
      checkOrder: false,
      // Several that start at once: one applies, the others wait and find nothing left to do.
      advisoryLockMode: 'wait',
      log: () => undefined,
    });
  } finally {
    await client.end();
  }
}

async function refuseNewer(client: pg.Client, folders: readonly string[]): Promise<void> {
  const known = new Set(folders.flatMap((folder) => readdirSync(folder)).map((file) => file.replace(/\.sql$/, '')));
  const table = await client.query<{ exists: boolean }>(`SELECT to_regclass('public.${MIGRATIONS_TABLE}') IS NOT NULL AS exists`);
  if (!table.rows[0]?.exists) return;
  const applied = await client.query<{ name: string }>(`SELECT name FROM public.${MIGRATIONS_TABLE} ORDER BY id`);
  const unknown = applied.rows.map((row) => row.name).filter((name) => !known.has(name));
  if (unknown.length > 0) {
    throw new StartRefused(`The data was written by a newer version of byok (it has ${unknown.at(-1)}, which this version does not know). Start that version, or choose another data directory.`);
  }
}
