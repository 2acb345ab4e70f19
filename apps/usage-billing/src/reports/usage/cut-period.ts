/** A table of sums and how long each of its rows stands for, in milliseconds; rows begin at whole multiples of that since 1970. */
export interface Grain {
  readonly table: string;
  readonly ms: number;
}

/** A stretch of a period, half open, and the sums that tell it; without a table: the events themselves. */
export interface Slice {
  readonly table: string | null;
  readonly from: number;
  readonly to: number;
}

/** Cuts a period into the coarsest whole rows that fit, and at its edges into finer ones, down to the events. `grains` from coarse to fine. */
export function cutPeriod(from: number, to: number, grains: readonly Grain[]): Slice[] {
  if (from >= to) return [];
  const [grain, ...finer] = grains;
  if (!grain) return [{ table: null, from, to }];
  const [first, last] = [Math.ceil(from / grain.ms) * grain.ms, Math.floor(to / grain.ms) * grain.ms];
  if (first >= last) return cutPeriod(from, to, finer);
  return [...cutPeriod(from, first, finer), { table: grain.table, from: first, to: last }, ...cutPeriod(last, to, finer)];
}
