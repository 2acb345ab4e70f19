import { AppError } from '@byok/kernel';
import { DataSource, type EntityManager } from 'typeorm';
import type { Log } from '../log/create-log.js';
import { checkedScope, EVERY_ORG, type Scope, scopeOfWork } from './scope.js';
import type { Sql } from './sql.js';

export interface Database extends Sql {
  readonly dataSource: DataSource;
  /** The same database, seeing the rows of this org alone. A statement costs no further round trip by that. */
  forOrg(orgId: Scope): Database;
  /** The same database, seeing the rows of all orgs. */
  acrossOrgs(): Database;
  /** Runs `work` in one transaction; serialisation failures and deadlocks are tried again, at most three times in all. */
  transaction<R>(work: (tx: Sql) => Promise<R>): Promise<R>;
  ping(): Promise<void>;
  close(): Promise<void>;
}

export interface DatabaseOptions {
  url: string;
  applicationName: string;
  log: Log;
  /** Connections at most; 10 unless told. */
  poolSize?: number;
  /** A statement that runs longer is cancelled; 10 s unless told. */
  statementTimeoutMs?: number;
  /** What statements see that ask for no scope: nothing of any tenant, unless told. For services whose daily work is of all orgs at once. */
  scope?: typeof EVERY_ORG;
}

/** A connection as `pg` made it. */
interface Connection {
  query(sql: string, parameters?: unknown[]): Promise<{ rows: unknown[] }>;
}

/** A statement ran into its timeout. */
const CANCELLED = '57014';
const RETRIED = new Set(['40001', '40P01']);
const LOST = new Set(['ECONNREFUSED', 'ECONNRESET', 'ETIMEDOUT', 'EPIPE', '57P01', '57P02', '57P03', '08006', '08001', '08003']);

/**
 * Opens a TypeORM data source. A lost connection, or a database that takes too long, is AppError `service_unavailable`; other SQL errors pass as they are.
 * `synchronize` is off for good: migrations are the only thing that changes a schema.
 */
export async function openDatabase(options: DatabaseOptions): Promise<Database> {
  const dataSource = new DataSource({
    type: 'postgres',
    url: options.url,
    applicationName: options.applicationName,
    poolSize: options.poolSize ?? 10,
    synchronize: false,
    connectTimeoutMS: 5_000,
    // An embedded or failed-over server resets idle connections; without a handler the process would die of it.
    poolErrorHandler: (error: unknown) => options.log.warn({ error }, 'a database connection was lost'),
    extra: {
      statement_timeout: options.statementTimeoutMs ?? 10_000,
      idle_in_transaction_session_timeout: 30_000,
      // A scope, its statement and the end of both go out together: three messages, one round trip.
      pipeline: true,
      ...(options.scope ? { options: `-c byok.org_id=${options.scope}` } : {}),
    },
  });
  await dataSource.initialize();
  return databaseIn({ dataSource, connectionScope: options.scope }, undefined);
}

/** `own` is the scope it was narrowed to; without one, that of the work under way; without that, the connection's. */
function databaseIn(pool: { dataSource: DataSource; connectionScope: Scope | undefined }, own: Scope | undefined): Database {
  const { dataSource, connectionScope } = pool;
  /** What a statement has to set. */
  const scopeToSet = (): Scope | undefined => {
    const scope = own ?? scopeOfWork();
    return scope === connectionScope ? undefined : scope;
  };
  const query = <T>(sql: string, parameters: readonly unknown[] = []): Promise<T[]> => {
    const scope = scopeToSet();
    return scope === undefined ? run<T>(dataSource.manager, sql, parameters) : runScoped<T>(dataSource, scope, sql, parameters);
  };
  return {
    dataSource,
    query,
    transaction: (work) => retrying(() => dataSource.transaction((manager) => scopedTransaction(manager, scopeToSet(), work))),
    forOrg: (orgId) => databaseIn(pool, notEverybody(orgId)),
    acrossOrgs: () => databaseIn(pool, EVERY_ORG),
    ping: async () => void (await query('SELECT 1')),
    close: () => dataSource.destroy(),
  };
}

function notEverybody(orgId: Scope): Scope {
  if (orgId === EVERY_ORG) throw new Error('Every org is asked for by acrossOrgs().');
  return checkedScope(orgId);
}

/** LOCAL: it ends with the transaction, so the next to use the connection finds none. */
function setScope(scope: Scope): string {
  return `SET LOCAL byok.org_id TO '${checkedScope(scope)}'`;
}

async function scopedTransaction<R>(manager: EntityManager, scope: Scope | undefined, work: (tx: Sql) => Promise<R>): Promise<R> {
  const tx: Sql = { query: (sql, parameters = []) => run(manager, sql, parameters) };
  if (scope === undefined) return work(tx);
  // Not waited for: it is on its way before the first statement of the work, which fails with it.
  const isSet = manager.query(setScope(scope));
  const [, done] = await Promise.allSettled([isSet, work(tx)]);
  if (done.status === 'rejected') throw done.reason;
  await isSet;
  return done.value;
}

async function runScoped<T>(dataSource: DataSource, scope: Scope, sql: string, parameters: readonly unknown[]): Promise<T[]> {
  const runner = dataSource.createQueryRunner();
  try {
    const connection = (await runner.connect()) as Connection;
    const [begun, result, ended] = await Promise.allSettled([connection.query(`BEGIN; ${setScope(scope)}`), connection.query(sql, [...parameters]), connection.query('COMMIT')]);
    for (const step of [result, begun, ended]) if (step.status === 'rejected') throw step.reason;
    return (result as PromiseFulfilledResult<{ rows: T[] }>).value.rows;
  } catch (error) {
    throw describe(error);
  } finally {
    await runner.release();
  }
}

async function run<T>(manager: EntityManager, sql: string, parameters: readonly unknown[]): Promise<T[]> {
  try {
    const result: unknown = await manager.query(sql, [...parameters]);
    // TypeORM answers UPDATE and DELETE with [rows, count].
    if (Array.isArray(result) && result.length === 2 && Array.isArray(result[0]) && typeof result[1] === 'number') return result[0] as T[];
    return result as T[];
  } catch (error) {
    throw describe(error);
  }
}

function describe(error: unknown): unknown {
  const code = sqlState(error);
  if (code === CANCELLED || isPoolFull(error)) return new AppError('service_unavailable', 'The database takes too long. Try again shortly.', { cause: error });
  if ((code && LOST.has(code)) || isLost(error)) return new AppError('service_unavailable', 'The database cannot be reached. Try again shortly.', { cause: error });
  return error;
}

/** A connection that ends while nobody waits for its answer has no code either: the next statement finds it gone. */
function isLost(error: unknown): boolean {
  return error instanceof Error && (/^QueryRunner(Provider)?AlreadyReleasedError$/.test(error.name) || /^Connection terminated|not queryable$/.test(error.message));
}

/** The pool has no code for "no connection became free in time", only words. */
function isPoolFull(error: unknown): boolean {
  return error instanceof Error && error.message === 'timeout exceeded when trying to connect';
}

/** SQLSTATE or socket code of a database error, through TypeORM's wrapping. */
export function sqlState(error: unknown): string | undefined {
  const own = (error as { code?: unknown }).code;
  if (typeof own === 'string') return own;
  const driver = (error as { driverError?: { code?: unknown } }).driverError?.code;
  return typeof driver === 'string' ? driver : undefined;
}

async function retrying<R>(attempt: () => Promise<R>, tries = 3): Promise<R> {
  for (let left = tries; ; left--) {
    try {
      return await attempt();
    } catch (error) {
      if (left <= 1 || !RETRIED.has(sqlState(error) ?? '')) throw describe(error);
    }
  }
}
