import fc from 'fast-check';
import { chooseRollup } from './choose-rollup.js';
import { cutPeriod } from './cut-period.js';

const GRAINS = [
  { table: 'months', unit: 'month' },
  { table: 'days', unit: 'day' },
  { table: 'hours', unit: 'hour' },
] as const;
const HOUR_MS = 3_600_000;
const cut = (from: string, to: string) => cutPeriod(Date.parse(from), Date.parse(to), GRAINS).map((slice) => [slice.table, new Date(slice.from).toISOString().slice(0, 16), new Date(slice.to).toISOString().slice(0, 16)]);

describe('cutPeriod', () => {
  it('takes whole months in the middle, then whole days, whole hours, and events at the very edges', () => {
    expect(cut('2026-01-30T22:30:00Z', '2026-04-02T01:00:00Z')).toEqual([
      [null, '2026-01-30T22:30', '2026-01-30T23:00'],
      ['hours', '2026-01-30T23:00', '2026-01-31T00:00'],
      ['days', '2026-01-31T00:00', '2026-02-01T00:00'],
      ['months', '2026-02-01T00:00', '2026-04-01T00:00'],
      ['days', '2026-04-01T00:00', '2026-04-02T00:00'],
      ['hours', '2026-04-02T00:00', '2026-04-02T01:00'],
    ]);
    expect(cut('2026-03-01T00:00:00Z', '2026-04-01T00:00:00Z')).toEqual([['months', '2026-03-01T00:00', '2026-04-01T00:00']]);
    expect(cut('2026-03-01T10:20:00Z', '2026-03-01T10:40:00Z')).toEqual([[null, '2026-03-01T10:20', '2026-03-01T10:40']]);
  });

  it('covers every moment of a period once and nothing else, and takes from a table whole rows only', () => {
    const moment = fc.oneof(fc.integer({ min: 0, max: 20_000 }).map((hours) => Date.UTC(2025, 0) + hours * HOUR_MS), fc.integer({ min: Date.UTC(2025, 0), max: Date.UTC(2027, 0) }));
    fc.assert(
      fc.property(moment, moment, fc.subarray([...GRAINS]), (one, other, grains) => {
        const [from, to] = [Math.min(one, other), Math.max(one, other) + 1];
        const slices = cutPeriod(from, to, grains);
        expect(slices.map((slice) => slice.from)).toEqual([from, ...slices.slice(0, -1).map((slice) => slice.to)]);
        expect(slices.at(-1)!.to).toBe(to);
        for (const { table, ...edges } of slices) {
          const format = { months: '-01T00:00:00.000Z', days: 'T00:00:00.000Z', hours: ':00:00.000Z' }[String(table)] ?? 'Z';
          for (const edge of [edges.from, edges.to]) expect(new Date(edge).toISOString().endsWith(format)).toBe(true);
          expect(edges.from).toBeLessThan(edges.to);
        }
      }),
    );
  });
});

describe('chooseRollup', () => {
  it.each([
    [[], 'rollup_model_day'],
    [['model', 'month'], 'rollup_model_day'],
    [['hour', 'owner'], 'rollup_model_hour'],
    [['key', 'model'], 'rollup_key_day'],
    [['user', 'group', 'day'], 'rollup_caller_day'],
    [['user', 'month'], 'rollup_caller_month'],
    [['group', 'week'], 'rollup_group_day'],
    [['tag:project', 'group'], 'rollup_tag_day'],
  ] as const)('finds sums that tell %j apart', (dimensions, table) => {
    expect(chooseRollup(dimensions)?.grains[0]?.table).toBe(table);
  });

  it.each([[['user', 'model']], [['key', 'user']], [['hour', 'key']], [['tag:a', 'tag:b']], [['tag:a', 'model']], [['endpoint', 'key']]] as const)('has none for %j', (dimensions) => {
    expect(chooseRollup(dimensions)).toBeUndefined();
  });
});
