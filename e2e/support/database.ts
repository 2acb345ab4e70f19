import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Standalone } from './start-standalone.js';

/** Where this installation's database is now, as PostgreSQL's superuser. */
export async function superuserUrl(standalone: Standalone): Promise<string> {
  const { postgresPassword } = JSON.parse(await readFile(join(standalone.dataDirectory, 'secrets.json'), 'utf8')) as { postgresPassword: string };
  const { databasePort } = await standalone.runFile();
  return `postgres://postgres:${postgresPassword}@127.0.0.1:${databasePort}/byok`;
}
