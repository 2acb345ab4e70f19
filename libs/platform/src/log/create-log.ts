import { AppError } from '@byok/kernel';
import { types } from 'node:util';
import { pino } from 'pino';

/** One JSON line per event. Fields are allow-listed below: whatever is not a plain, named fact is not written. */
export interface Log {
  debug(fields: LogFields, message: string): void;
  info(fields: LogFields, message: string): void;
  warn(fields: LogFields, message: string): void;
  error(fields: LogFields, message: string): void;
}

type Fact = string | number | boolean | null | undefined;
export interface LogFields {
  error?: unknown;
  [field: string]: Fact | readonly Fact[] | unknown;
}

/** A logger to standard output. Objects and long strings are not written: a log line carries facts, never payloads. */
export function createLog(service: string, level: string = 'info'): Log {
  const logger = pino({ level, base: { service, pid: process.pid }, timestamp: pino.stdTimeFunctions.isoTime });
  const write = (name: 'debug' | 'info' | 'warn' | 'error') => (fields: LogFields, message: string) => {
    if (logger.isLevelEnabled(name)) logger[name](safeFields(fields), message);
  };
  return { debug: write('debug'), info: write('info'), warn: write('warn'), error: write('error') };
}

function safeFields(fields: LogFields): Record<string, unknown> {
  const safe: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(fields)) {
    if (name === 'error') safe['error'] = safeError(value);
    else if (isFact(value)) safe[name] = shorten(value);
    else if (Array.isArray(value)) safe[name] = value.filter(isFact).slice(0, 20).map(shorten);
  }
  return safe;
}

/**
 * What may be said of a thrown thing. Messages of foreign errors can quote keys (Headers, URL and JSON.parse do), so only
 * our own public messages and the class, code and stack positions of others are kept.
 */
export function safeError(error: unknown): Record<string, unknown> {
  if (!(error instanceof Error) && !types.isNativeError(error)) return { type: typeof error };
  const safe: Record<string, unknown> = { type: error.name };
  const code = (error as { code?: unknown }).code;
  if (typeof code === 'string' || typeof code === 'number') safe['code'] = code;
  if (error instanceof AppError) safe['message'] = error.message;
  const frames = error.stack?.split('\n').filter((line) => line.startsWith('    at ')).slice(0, 8);
  if (frames?.length) safe['at'] = frames.map((line) => line.trim());
  if (error.cause !== undefined) safe['cause'] = safeError(error.cause);
  return safe;
}

function isFact(value: unknown): value is Fact {
  return value === null || value === undefined || ['string', 'number', 'boolean'].includes(typeof value);
}

function shorten(value: Fact): Fact {
  return typeof value === 'string' && value.length > 300 ? `${value.slice(0, 300)}…` : value;
}
