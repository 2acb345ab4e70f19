import type { Sql } from '@byok/platform';

/** True while this holder is the one to do the chore: it was so already, or nobody is any more. Holds until `ms` from now. */
export async function holdLease(db: Sql, name: string, holder: string, ms: number): Promise<boolean> {
  const held = await db.query(
    `INSERT INTO gateway.lease (name, holder, until) VALUES ($1, $2, clock_timestamp() + make_interval(secs => $3::float8 / 1000))
     ON CONFLICT (name) DO UPDATE SET holder = EXCLUDED.holder, until = EXCLUDED.until WHERE gateway.lease.holder = EXCLUDED.holder OR gateway.lease.until <= clock_timestamp()
     RETURNING name`,
    [name, holder, ms],
  );
  return held.length > 0;
}

/** Lets the next one begin at once. */
export async function endLease(db: Sql, name: string, holder: string): Promise<void> {
  await db.query('DELETE FROM gateway.lease WHERE name = $1 AND holder = $2', [name, holder]);
}
