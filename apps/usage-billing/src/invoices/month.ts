import { AppError } from '@byok/kernel';
import type { Sql } from '@byok/platform';

/** A calendar month in UTC. */
export interface Month {
  /** YYYY-MM */
  name: string;
  /** RFC 3339 */
  start: string;
  /** Exclusive. */
  end: string;
}

/** @throws AppError not_found: a month that is none has no invoice */
export function monthOf(name: string): Month {
  const match = /^(20\d{2})-(0[1-9]|1[0-2])$/.exec(name);
  if (!match) throw new AppError('not_found', 'There is no such month. Write it as YYYY-MM.');
  const [year, month] = [Number(match[1]), Number(match[2])];
  return { name, start: new Date(Date.UTC(year, month - 1)).toISOString(), end: new Date(Date.UTC(year, month)).toISOString() };
}

/** A month of a million calls takes longer to add up than a question may; the caller waits a little longer than this. */
export async function allowLongSums(tx: Sql): Promise<void> {
  await tx.query(`SET LOCAL statement_timeout = '50s'`);
}

export function monthNameOf(moment: Date): string {
  return moment.toISOString().slice(0, 7);
}
