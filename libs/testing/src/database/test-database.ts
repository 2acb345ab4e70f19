import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { readCoordinates, type DatabaseCoordinates } from './coordinates.js';

export type DatabaseRole = 'owner' | 'gateway' | 'vault' | 'billing' | 'admin';

export interface TestDatabase {
  /** Connection string of a service's own role: `url('vault')` connects as byok_vault. */
  url(role: DatabaseRole): string;
  /** As byok_owner, which may do everything in this database. */
  ownerUrl: string;
  /** As PostgreSQL's superuser, for what an attacker with the disk could do. */
  superuserUrl: string;
  close(): Promise<void>;
}

/** A fresh database with every migration applied, for one suite. Throws when PostgreSQL is missing: a suite fails, it never skips. */
export async function testDatabase(): Promise<TestDatabase> {
  const coordinates = await readCoordinates();
  const name = `test_${randomUUID().replaceAll('-', '')}`;
  await asSuperuser(coordinates, `CREATE DATABASE ${name} TEMPLATE ${coordinates.template} OWNER byok_owner`, grantConnect(name));
  const urlOf = (user: string) => `postgresql://${user}:${coordinates.password}@${coordinates.host}:${coordinates.port}/${name}`;
  return {
    url: (role) => urlOf(`byok_${role}`),
    ownerUrl: urlOf('byok_owner'),
    superuserUrl: urlOf(coordinates.superuser),
    close: () => asSuperuser(coordinates, `DROP DATABASE IF EXISTS ${name} WITH (FORCE)`),
  };
}

/** What platform's ensureRoles grants on a database; a template does not hand down grants of this kind. */
function grantConnect(name: string): string {
  return `REVOKE ALL ON DATABASE ${name} FROM PUBLIC; GRANT CONNECT ON DATABASE ${name} TO byok_gateway, byok_vault, byok_billing, byok_admin`;
}

async function asSuperuser(coordinates: DatabaseCoordinates, ...statements: string[]): Promise<void> {
  const client = new pg.Client({ host: coordinates.host, port: coordinates.port, user: coordinates.superuser, password: coordinates.password, database: 'postgres' });
  await client.connect();
  try {
    for (const statement of statements) await client.query(statement);
  } finally {
    await client.end();
  }
}
