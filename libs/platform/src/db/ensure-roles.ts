import pg from 'pg';

/** The owner runs migrations and owns every table; each service has a role of its own with only the grants it needs. */
export const SERVICE_ROLES = ['byok_gateway', 'byok_vault', 'byok_billing', 'byok_admin'] as const;
export const OWNER_ROLE = 'byok_owner';
export type DatabaseRole = (typeof SERVICE_ROLES)[number] | typeof OWNER_ROLE;

/** Makes the roles and the database that are missing and sets the passwords; `url` is a superuser's on any database. */
export async function ensureRoles(options: { url: string; database: string; passwords: Record<DatabaseRole, string> }): Promise<void> {
  const client = new pg.Client({ connectionString: options.url });
  await client.connect();
  try {
    for (const role of [OWNER_ROLE, ...SERVICE_ROLES] as const) {
      const found = await client.query('SELECT 1 FROM pg_roles WHERE rolname = $1', [role]);
      const password = client.escapeLiteral(options.passwords[role]);
      await client.query(`${found.rowCount ? 'ALTER' : 'CREATE'} ROLE ${role} LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE PASSWORD ${password}`);
    }
    const found = await client.query('SELECT 1 FROM pg_database WHERE datname = $1', [options.database]);
    if (!found.rowCount) await client.query(`CREATE DATABASE ${client.escapeIdentifier(options.database)} OWNER ${OWNER_ROLE}`);
    await client.query(`REVOKE ALL ON DATABASE ${client.escapeIdentifier(options.database)} FROM PUBLIC`);
    await client.query(`GRANT CONNECT ON DATABASE ${client.escapeIdentifier(options.database)} TO ${SERVICE_ROLES.join(', ')}`);
  } finally {
    await client.end();
  }
}
