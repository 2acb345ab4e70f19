/** A table of sums, and what each of its rows stands for: an hour, a day or a month, UTC. */
export interface Grain {
  readonly table: string;
  readonly unit: 'hour' | 'day' | 'month';
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
  const [first, last] = [beginning(from, grain.unit) === from ? from : beginning(from, grain.unit, 1), beginning(to, grain.unit)];
  if (first >= last) return cutPeriod(from, to, finer);
  return [...cutPeriod(from, first, finer), { table: grain.table, from: first, to: last }, ...cutPeriod(last, to, finer)];
}

/** When the hour, day or month of a moment begins, or one so many later. */
function beginning(moment: number, unit: Grain['unit'], later = 0): number {
  const at = new Date(moment);
  const [year, month] = [at.getUTCFullYear(), at.getUTCMonth()];
  if (unit === 'month') return Date.UTC(year, month + later);
  return unit === 'day' ? Date.UTC(year, month, at.getUTCDate() + later) : Date.UTC(year, month, at.getUTCDate(), at.getUTCHours() + later);
}
