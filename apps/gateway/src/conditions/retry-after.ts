import type { IncomingHttpHeaders } from 'node:http';

const LONGEST_MS = 86_400_000;

/** What a `retry-after` that is a date means from now on; null where there is no date, or a foolish one. */
export function untilDateMs(headers: IncomingHttpHeaders, now: number): number | null {
  const told = headers['retry-after'];
  if (told === undefined || !/^[A-Za-z]{3},? /.test(told) || told.length > 40) return null;
  const at = Date.parse(told);
  return Number.isNaN(at) || at - now > LONGEST_MS ? null : Math.max(0, at - now);
}
