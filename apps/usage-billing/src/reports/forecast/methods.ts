/** The next `days` values of a daily series, oldest first. Plain numbers: a forecast is an estimate, not money; the edge rounds it. */
export type ForecastMethod = (history: readonly number[], days: number) => number[];

const WEEK = 7;
const RUN_RATE_DAYS = 28;
const WEEKS_OF_MEAN = 4;

/** The mean of the last four weeks, or of what there is, every day. */
export const runRate: ForecastMethod = (history, days) => repeat(days, () => mean(history.slice(-RUN_RATE_DAYS)));

/** Every day as its weekday was last week. */
export const seasonalNaive: ForecastMethod = (history, days) => repeat(days, (ahead) => history[history.length - WEEK + (ahead % WEEK)] ?? 0);

/** Every day as its weekday was on average in the last four weeks. */
export const weekdayMean: ForecastMethod = (history, days) =>
  repeat(days, (ahead) => mean(Array.from({ length: WEEKS_OF_MEAN }, (_, week) => history[history.length - WEEK * (week + 1) + (ahead % WEEK)]).filter((value) => value !== undefined)));

const LEVELS = [0.1, 0.3, 0.5];
const TRENDS = [0, 0.05, 0.15];
const SEASONS = [0.05, 0.2, 0.4];

/** Level, trend and a factor per weekday (Holt-Winters, multiplicative), smoothed by the constants that would have told each past day best. */
export const holtWinters: ForecastMethod = (history, days) => {
  const fits = LEVELS.flatMap((level) => TRENDS.flatMap((trend) => SEASONS.map((season) => smooth(history, level, trend, season))));
  const best = fits.reduce((one, other) => (other.error < one.error ? other : one));
  return repeat(days, (ahead) => Math.max(0, (best.level + (ahead + 1) * best.trend) * best.factors[(history.length + ahead) % WEEK]!));
};

interface Fit {
  level: number;
  trend: number;
  factors: number[];
  /** Sum of the squared errors of each day told from the days before it. */
  error: number;
}

function smooth(history: readonly number[], alpha: number, beta: number, gamma: number): Fit {
  const [first, second] = [mean(history.slice(0, WEEK)), mean(history.slice(WEEK, 2 * WEEK))];
  const fit: Fit = { level: first, trend: (second - first) / WEEK, factors: repeat(WEEK, (day) => (first > 0 ? history[day]! / first : 1)), error: 0 };
  for (let day = WEEK; day < history.length; day++) {
    const [actual, factor, before] = [history[day]!, fit.factors[day % WEEK]!, fit.level];
    const expected = (fit.level + fit.trend) * factor;
    fit.error += (actual - expected) ** 2;
    fit.level = factor > 0 ? alpha * (actual / factor) + (1 - alpha) * (before + fit.trend) : before + fit.trend;
    fit.trend = beta * (fit.level - before) + (1 - beta) * fit.trend;
    if (fit.level > 0) fit.factors[day % WEEK] = gamma * (actual / fit.level) + (1 - gamma) * factor;
  }
  return fit;
}

function repeat<T>(times: number, value: (index: number) => T): T[] {
  return Array.from({ length: times }, (_, index) => value(index));
}

export function mean(values: readonly number[]): number {
  return values.length === 0 ? 0 : sum(values) / values.length;
}

export function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
