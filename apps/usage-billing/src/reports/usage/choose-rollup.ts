import type { UsageDimension } from '@byok/contracts';
import type { Grain } from './cut-period.js';

/** Sums that tell some dimensions apart. */
export interface RollupFamily {
  readonly dimensions: ReadonlySet<UsageDimension>;
  /** From coarse to fine. */
  readonly grains: readonly Grain[];
  /** The name of the tag whose values the sums tell apart. */
  readonly tag?: string;
}

const TIME: readonly UsageDimension[] = ['day', 'week', 'month'];
const [DAY_OF_MODEL, HOUR_OF_MODEL] = [day('rollup_model_day'), { table: 'rollup_model_hour', unit: 'hour' } as const];
const CALLER = ['group', 'user', 'token'] as const;
const family = (dimensions: readonly UsageDimension[], ...grains: Grain[]): RollupFamily => ({ dimensions: new Set<UsageDimension>(['org', ...TIME, ...dimensions]), grains });
const byMonth = (dimensions: readonly UsageDimension[], ...grains: Grain[]): RollupFamily => ({ dimensions: new Set<UsageDimension>(['org', 'month', ...dimensions]), grains });

const FAMILIES: readonly RollupFamily[] = [
  family(['provider', 'model', 'owner', 'endpoint'], DAY_OF_MODEL, HOUR_OF_MODEL),
  family(['hour', 'provider', 'model', 'owner', 'endpoint'], HOUR_OF_MODEL),
  family(['key', 'owner', 'provider', 'model'], day('rollup_key_day')),
  family(['group'], day('rollup_group_day')),
  byMonth(CALLER, { table: 'rollup_caller_month', unit: 'month' }, day('rollup_caller_day')),
  family(CALLER, day('rollup_caller_day')),
];

/** The sums that can tell all of these dimensions apart; undefined when only the events can. */
export function chooseRollup(dimensions: Iterable<UsageDimension>): RollupFamily | undefined {
  const wanted = [...new Set(dimensions)];
  const tags = wanted.filter((dimension) => dimension.startsWith('tag:'));
  if (tags.length === 1) return tagFamily(tags[0]!, wanted);
  return FAMILIES.find((each) => wanted.every((dimension) => each.dimensions.has(dimension)));
}

function tagFamily(tag: UsageDimension, wanted: readonly UsageDimension[]): RollupFamily | undefined {
  const sums = family([tag, 'group'], day('rollup_tag_day'));
  return wanted.every((dimension) => sums.dimensions.has(dimension)) ? { ...sums, tag: tag.slice('tag:'.length) } : undefined;
}

function day(table: string): Grain {
  return { table, unit: 'day' };
}
