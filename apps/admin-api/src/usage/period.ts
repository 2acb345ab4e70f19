import { AppError, type Clock } from '@byok/kernel';

const MAX_DAYS = 400;

/** The period asked for; what is left out is the beginning or the end of the current month (UTC). */
export function periodOf(asked: { from?: string | undefined; to?: string | undefined }, clock: Clock): { from: string; to: string } {
  const now = new Date(clock.now());
  const from = asked.from === undefined ? new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth(), 1)) : new Date(asked.from);
  const to = asked.to === undefined ? new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth() + 1, 1)) : new Date(asked.to);
  if (from.getTime() >= to.getTime()) throw new AppError('invalid_request', '"from" must be before "to".', { details: { field: 'from' } });
  if (to.getTime() - from.getTime() > MAX_DAYS * 86_400_000) throw new AppError('invalid_request', `A report covers at most ${MAX_DAYS} days.`, { details: { field: 'from' } });
  return { from: from.toISOString(), to: to.toISOString() };
}
