import fc from 'fast-check';
import { chooseRollup } from './choose-rollup.js';
import { cutPeriod } from './cut-period.js';

const GRAINS = [
  { table: 'day', ms: 24 },
  { table: 'hour', ms: 4 },
];

describe('cutPeriod', () => {
  it('takes whole days in the middle, whole hours beside them and events at the very edges', () => {
    expect(cutPeriod(22, 75, GRAINS)).toEqual([
      { table: null, from: 22, to: 24 },
      { table: 'day', from: 24, to: 72 },
      { table: null, from: 72, to: 75 },
    ]);
    expect(cutPeriod(15, 53, GRAINS).map((slice) => slice.table)).toEqual([null, 'hour', 'day', 'hour', null]);
  });

  it('covers every moment of a period once and nothing else, and takes from a table whole rows only', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 500 }), fc.integer({ min: 1, max: 300 }), fc.subarray(GRAINS), (from, length, grains) => {
        const slices = cutPeriod(from, from + length, grains);
        expect(slices.map((slice) => slice.from)).toEqual([from, ...slices.slice(0, -1).map((slice) => slice.to)]);
        expect(slices.at(-1)!.to).toBe(from + length);
        for (const { table, from: first, to: last } of slices) {
          const ms = grains.find((grain) => grain.table === table)?.ms ?? 1;
          expect([first < last, first % ms, last % ms]).toEqual([true, 0, 0]);
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
    [['tag:project', 'group'], 'rollup_tag_day'],
  ] as const)('finds sums that tell %j apart', (dimensions, table) => {
    expect(chooseRollup(dimensions)?.grains[0]?.table).toBe(table);
  });

  it.each([[['user', 'model']], [['key', 'user']], [['hour', 'key']], [['tag:a', 'tag:b']], [['tag:a', 'model']], [['endpoint', 'key']]] as const)('has none for %j', (dimensions) => {
    expect(chooseRollup(dimensions)).toBeUndefined();
  });
});
