import { AppError } from '@byok/kernel';
import { DataSource, type EntityManager } from 'typeorm';
import type { Log } from '../log/create-log.js';
import type { Sql } from './sql.js';

export interface Database extends Sql {
  readonly dataSource: DataSource;
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
    extra: { statement_timeout: options.statementTimeoutMs ?? 10_000, idle_in_transaction_session_timeout: 30_000 },
  });
  await dataSource.initialize();
  const query = <T>(sql: string, parameters: readonly unknown[] = []): Promise<T[]> => run<T>(dataSource.manager, sql, parameters);
  return {
    dataSource,
    query,
    transaction: (work) => retrying(() => dataSource.transaction((manager) => work({ query: (sql, parameters = []) => run(manager, sql, parameters) }))),
    ping: async () => void (await query('SELECT 1')),
    close: () => dataSource.destroy(),
  };
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
