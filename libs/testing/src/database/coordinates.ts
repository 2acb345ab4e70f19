import { readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Where the PostgreSQL of this Jest run listens. */
export interface DatabaseCoordinates {
  host: string;
  port: number;
  superuser: string;
  password: string;
  template: string;
}

/** The file in which Jest's global setup leaves the coordinates; named after Jest's own process, so runs do not meet. */
export function coordinatesFile(jestPid: number): string {
  return join(tmpdir(), `byok-test-database-${jestPid}.json`);
}

/** Coordinates for the process we are in: Jest itself (in band) or one of its workers. */
export async function readCoordinates(): Promise<DatabaseCoordinates> {
  for (const pid of [process.pid, process.ppid]) {
    const text = await readFile(coordinatesFile(pid), 'utf8').catch(() => undefined);
    if (text !== undefined) return JSON.parse(text) as DatabaseCoordinates;
  }
  throw new Error('No test database: run this suite through Jest\'s "int" project, whose global setup starts PostgreSQL.');
}
