/** How long a budget's or a report's window is. `total` is one window for ever. */
export const PERIODS = ['day', 'week', 'month', 'total'] as const;
export type Period = (typeof PERIODS)[number];

/** From `start`, before `end`; milliseconds since 1970. `end` is null for ever. */
export interface Window {
  start: number;
  end: number | null;
}

const DAY_MS = 86_400_000;
const FOR_EVER: Window = { start: 0, end: null };
const formats = new Map<string, Intl.DateTimeFormat>();
// The window asked for last, by period and zone: nearly every question is about now.
const latest = new Map<string, Window>();

/**
 * The window that `at` lies in, on the wall clock of an IANA time zone: days from midnight, weeks from Monday (ISO 8601), months from
 * the 1st. A day on which clocks change is 23 or 25 hours long; where midnight does not exist, the day begins with its first moment.
 * Windows follow from the clock alone, so nothing has to be reset.
 * @throws RangeError for a zone that does not exist
 */
export function windowOf(period: Period, timeZone: string, at: number): Window {
  if (period === 'total') return FOR_EVER;
  const name = `${period} ${timeZone}`;
  const known = latest.get(name);
  if (known && at >= known.start && at < known.end!) return known;
  let first = firstDayOf(period, wallClock(timeZone, at));
  let window = boundsOf(period, timeZone, first);
  // Where clocks go back over midnight, the wall shows yesterday again after today has begun: today has begun all the same.
  while (at >= window.end!) window = boundsOf(period, timeZone, (first = nextFirst(period, first)));
  latest.set(name, window);
  return window;
}

/** True for an IANA zone that this runtime knows. */
export function isTimeZone(name: string): boolean {
  if (!/^[A-Za-z]/.test(name)) return false;
  try {
    formatOf(name);
    return true;
  } catch {
    return false;
  }
}

function boundsOf(period: Period, timeZone: string, first: number): { start: number; end: number } {
  return { start: instantOf(timeZone, first), end: instantOf(timeZone, nextFirst(period, first)) };
}

/** Midnight of the window's first day, as the wall shows it (a wall's time is kept as if it were UTC's). */
function firstDayOf(period: Period, wall: number): number {
  const midnight = Math.floor(wall / DAY_MS) * DAY_MS;
  const date = new Date(midnight);
  if (period === 'month') return Date.UTC(date.getUTCFullYear(), date.getUTCMonth(), 1);
  return period === 'week' ? midnight - ((date.getUTCDay() + 6) % 7) * DAY_MS : midnight;
}

function nextFirst(period: Period, first: number): number {
  const date = new Date(first);
  if (period === 'month') return Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1, 1);
  return first + (period === 'week' ? 7 : 1) * DAY_MS;
}

/** The first moment at which the wall shows `wall` or later. */
function instantOf(timeZone: string, wall: number): number {
  const offsets = [wallClock(timeZone, wall - DAY_MS) - (wall - DAY_MS), wallClock(timeZone, wall + DAY_MS) - (wall + DAY_MS)];
  const candidates = offsets.map((offset) => wall - offset).sort((one, other) => one - other) as [number, number];
  const exact = candidates.find((each) => wallClock(timeZone, each) === wall);
  if (exact !== undefined) return exact;
  // The clock jumped over this moment: find the jump.
  let [before, after] = [candidates[0] - DAY_MS, candidates[1] + DAY_MS];
  while (after - before > 1_000) {
    const middle = Math.floor((before + after) / 2_000) * 1_000;
    if (wallClock(timeZone, middle) >= wall) after = middle;
    else before = middle;
  }
  return after;
}

/** What a clock on the wall shows at that moment, to the second. */
function wallClock(timeZone: string, at: number): number {
  const parts: Record<string, number> = {};
  for (const { type, value } of formatOf(timeZone).formatToParts(at)) parts[type] = Number(value);
  return Date.UTC(parts['year']!, parts['month']! - 1, parts['day']!, parts['hour']!, parts['minute']!, parts['second']!);
}

function formatOf(timeZone: string): Intl.DateTimeFormat {
  let format = formats.get(timeZone);
  if (!format) {
    const numeric = 'numeric';
    format = new Intl.DateTimeFormat('en-u-ca-iso8601', { timeZone, hourCycle: 'h23', year: numeric, month: numeric, day: numeric, hour: numeric, minute: numeric, second: numeric });
    formats.set(timeZone, format);
  }
  return format;
}
