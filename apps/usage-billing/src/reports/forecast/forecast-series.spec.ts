import fc from 'fast-check';
import { forecastSeries, METHODS } from './forecast-series.js';
import { runRate, sum } from './methods.js';

/** Dice that fall the same every time (mulberry32). */
function dice(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

const WEEKDAYS = [1, 1.05, 1.1, 1.05, 0.95, 0.4, 0.3];
const [HISTORY, AHEAD, SEEDS] = [75, 15, 12];
const SHAPES = {
  flat: () => 1,
  growing: (day: number) => 1.01 ** day,
  doubled: (day: number) => (day < 64 ? 1 : 2),
};

function series(shape: (day: number) => number, seed: number): number[] {
  const roll = dice(seed);
  return Array.from({ length: HISTORY + AHEAD }, (_, day) => 100 * shape(day) * WEEKDAYS[day % 7]! * (1 + 0.4 * (roll() + roll() + roll() + roll() - 2)));
}

/** How far off the total of 15 days is, on average over the seeds. */
function errorOf(shape: keyof typeof SHAPES, method: (history: readonly number[], days: number) => number[]): number {
  const errors = Array.from({ length: SEEDS }, (_, seed) => {
    const values = series(SHAPES[shape], seed + 1);
    const came = sum(values.slice(HISTORY));
    return Math.abs(sum(method(values.slice(0, HISTORY), AHEAD)) - came) / came;
  });
  return sum(errors) / SEEDS;
}

const best = (history: readonly number[], days: number) => forecastSeries(history, days).days.map((day) => day.value);

describe('forecastSeries', () => {
  const errors = Object.fromEntries(
    (Object.keys(SHAPES) as (keyof typeof SHAPES)[]).map((shape) => [
      shape,
      { run: errorOf(shape, runRate), naive: errorOf(shape, METHODS['seasonal-naive']), weekday: errorOf(shape, METHODS['weekday-mean']), winters: errorOf(shape, METHODS['holt-winters']), chosen: errorOf(shape, best) },
    ]),
  ) as Record<keyof typeof SHAPES, Record<'run' | 'naive' | 'weekday' | 'winters' | 'chosen', number>>;

  it('finds in synthetic spending what the comparison found: the mean of weekdays for level, Holt-Winters for growing, last week for doubled spending', () => {
    expect(Math.min(errors.flat.naive, errors.flat.weekday, errors.flat.winters, errors.flat.run)).toBe(errors.flat.weekday);
    expect(Math.min(errors.growing.naive, errors.growing.weekday, errors.growing.winters, errors.growing.run)).toBe(errors.growing.winters);
    expect(Math.min(errors.doubled.naive, errors.doubled.weekday, errors.doubled.winters, errors.doubled.run)).toBe(errors.doubled.naive);
  });

  it.each([
    ['flat', { run: 5.7, naive: 8.4, weekday: 4.5, winters: 6.9 }],
    ['growing', { run: 14.7, naive: 11.2, weekday: 18.2, winters: 9.6 }],
    ['doubled', { run: 30, naive: 8.4, weekday: 32.9, winters: 14.8 }],
  ] as const)('is as far off in %s spending as the comparison says, within six points of a hundred', (shape, told) => {
    for (const [method, percent] of Object.entries(told)) expect(Math.abs(100 * errors[shape][method as keyof typeof told] - percent)).toBeLessThan(6);
  });

  it('chooses by looking back, and so is within eight points of the best and always better than the worst', () => {
    for (const each of Object.values(errors)) {
      const methods = [each.naive, each.weekday, each.winters];
      expect(each.chosen).toBeLessThan(Math.min(...methods) + 0.08);
      expect(each.chosen).toBeLessThan(Math.max(...methods));
    }
  });

  it('holds what comes in its band about eight times of ten', () => {
    const inside = Array.from({ length: 60 }, (_, seed) => {
      const values = series(SHAPES.flat, 100 + seed);
      const { days } = forecastSeries(values.slice(0, HISTORY), AHEAD);
      return days.filter((day, index) => day.low <= values[HISTORY + index]! && values[HISTORY + index]! <= day.high).length / AHEAD;
    });
    expect(sum(inside) / inside.length).toBeGreaterThan(0.7);
    expect(sum(inside) / inside.length).toBeLessThan(0.95);
  });

  it('takes the run rate, and says so, where there are not two weeks and a day to look back on', () => {
    expect(forecastSeries([10, 20], 3)).toMatchObject({ method: 'run-rate', backtest: [], total: { value: 45 } });
    expect(forecastSeries([], 3)).toEqual({ method: 'run-rate', days: Array(3).fill({ value: 0, low: 0, high: 0 }), total: { value: 0, low: 0, high: 0 }, backtest: [] });
    expect(forecastSeries(Array(14).fill(1) as number[], 3).method).toBe('run-rate');
    expect(forecastSeries(Array(15).fill(1) as number[], 3).method).not.toBe('run-rate');
  });

  it('is never negative and never other than a number, whatever came before', () => {
    fc.assert(
      fc.property(fc.array(fc.oneof(fc.constant(0), fc.double({ min: 0, max: 1e15, noNaN: true })), { maxLength: 90 }), fc.integer({ min: 1, max: 92 }), (history, days) => {
        const forecast = forecastSeries(history, days);
        expect(forecast.days).toHaveLength(days);
        for (const { value, low, high } of [...forecast.days, forecast.total]) expect(Number.isFinite(value) && 0 <= low && low <= value && value <= high).toBe(true);
      }),
    );
  });
});
