import { AppError, type Clock } from '@byok/kernel';

const MAX_DAYS = 400;

export interface Period {
  from: string;
  to: string;
}

/** The period asked for; what is left out is the beginning or the end of the current month (UTC). */
export function periodOf(asked: { from?: string | undefined; to?: string | undefined }, clock: Clock): Period {
  const now = new Date(clock.now());
  const from = asked.from === undefined ? new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth(), 1)) : new Date(asked.from);
  const to = asked.to === undefined ? new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth() + 1, 1)) : new Date(asked.to);
  if (from.getTime() >= to.getTime()) throw new AppError('invalid_request', '"from" must be before "to".', { details: { field: 'from' } });
  if (to.getTime() - from.getTime() > MAX_DAYS * 86_400_000) throw new AppError('invalid_request', `A report covers at most ${MAX_DAYS} days.`, { details: { field: 'from' } });
  return { from: from.toISOString(), to: to.toISOString() };
}

/** The period before: as many whole months before whole months, otherwise as long a time. */
export function periodBefore(period: Period): Period {
  const [from, to] = [new Date(period.from), new Date(period.to)];
  const months = (to.getUTCFullYear() - from.getUTCFullYear()) * 12 + to.getUTCMonth() - from.getUTCMonth();
  const isWhole = startsMonth(from) && startsMonth(to);
  const before = isWhole ? Date.UTC(from.getUTCFullYear(), from.getUTCMonth() - months, 1) : 2 * from.getTime() - to.getTime();
  return { from: new Date(before).toISOString(), to: period.from };
}

function startsMonth(moment: Date): boolean {
  return moment.getTime() === Date.UTC(moment.getUTCFullYear(), moment.getUTCMonth(), 1);
}
