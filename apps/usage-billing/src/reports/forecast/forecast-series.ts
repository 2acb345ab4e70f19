import { holtWinters, mean, runRate, seasonalNaive, sum, weekdayMean, type ForecastMethod } from './methods.js';

export const METHODS = { 'weekday-mean': weekdayMean, 'seasonal-naive': seasonalNaive, 'holt-winters': holtWinters } as const satisfies Record<string, ForecastMethod>;
export type MethodName = keyof typeof METHODS | 'run-rate';

export interface Estimate {
  value: number;
  low: number;
  high: number;
}

export interface SeriesForecast {
  method: MethodName;
  days: Estimate[];
  total: Estimate;
  /** How far off each method would have been, in total, as a part of what came; empty when there was too little history to try. */
  backtest: { method: MethodName; error: number }[];
}

/** With less than two weeks a weekday has not been seen twice. */
const LEAST_HISTORY = 14;
const LONGEST_TEST = 15;
const TESTS = 6;
const DAYS_BETWEEN_TESTS = 4;
/** Eight of ten values of a normal distribution lie within so many standard deviations. */
const EIGHTY_PERCENT = 1.2816;

/**
 * The coming days of a daily series, by the method that would have told the recent past best: each is asked at several days of the past
 * what it expects and compared with what came. The band holds about 80% of what came then.
 */
export function forecastSeries(history: readonly number[], days: number): SeriesForecast {
  const tests = LEAST_HISTORY < history.length ? testsOf(history, days) : [];
  if (tests.length === 0) return withBand('run-rate', runRate(history, days), { day: deviation(history), total: deviation(history) * Math.sqrt(days) }, []);
  const tried = (Object.keys(METHODS) as (keyof typeof METHODS)[]).map((method) => ({ method, ...tryMethod(METHODS[method], tests) }));
  const best = tried.reduce((one, other) => (other.error < one.error ? other : one));
  const scale = days / tests[0]!.actual.length;
  return withBand(best.method, METHODS[best.method](history, days), { day: best.ofDay, total: best.ofTotal * scale }, tried.map(({ method, error }) => ({ method, error })));
}

interface Test {
  known: readonly number[];
  actual: readonly number[];
}

/** What was known on some day of the past, and what came after; the last first. */
function testsOf(history: readonly number[], days: number): Test[] {
  const length = Math.min(days, LONGEST_TEST, history.length - LEAST_HISTORY);
  const origins = Array.from({ length: TESTS }, (_, index) => history.length - length - index * DAYS_BETWEEN_TESTS).filter((origin) => origin >= LEAST_HISTORY);
  return origins.map((origin) => ({ known: history.slice(0, origin), actual: history.slice(origin, origin + length) }));
}

function tryMethod(method: ForecastMethod, tests: readonly Test[]): { error: number; ofDay: number; ofTotal: number } {
  const results = tests.map(({ known, actual }) => ({ expected: method(known, actual.length), actual }));
  const totals = results.map(({ expected, actual }) => sum(expected) - sum(actual));
  const came = mean(results.map(({ actual }) => sum(actual)));
  const residuals = results.flatMap(({ expected, actual }) => actual.map((value, index) => expected[index]! - value));
  const error = came > 0 ? mean(totals.map(Math.abs)) / came : mean(totals.map(Math.abs));
  return { error, ofDay: rootMeanSquare(residuals), ofTotal: rootMeanSquare(totals) };
}

function withBand(method: MethodName, values: readonly number[], spread: { day: number; total: number }, backtest: SeriesForecast['backtest']): SeriesForecast {
  const estimate = (value: number, deviationOf: number): Estimate => ({ value, low: Math.max(0, value - EIGHTY_PERCENT * deviationOf), high: value + EIGHTY_PERCENT * deviationOf });
  return { method, days: values.map((value) => estimate(value, spread.day)), total: estimate(sum(values), spread.total), backtest };
}

function deviation(values: readonly number[]): number {
  const middle = mean(values);
  return rootMeanSquare(values.map((value) => value - middle));
}

function rootMeanSquare(values: readonly number[]): number {
  return Math.sqrt(mean(values.map((value) => value ** 2)));
}
