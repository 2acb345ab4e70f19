import type { UsageDimension } from '@byok/contracts';

export type Bind = (value: unknown) => string;

const NAMED: Readonly<Record<string, string>> = {
  org: 'org_id',
  group: 'group_id',
  user: 'user_id',
  token: 'token_id',
  key: 'key_id',
  owner: 'key_owner',
  provider: 'provider',
  model: 'model',
  endpoint: 'endpoint',
};

const TIMES: Readonly<Record<string, readonly [unit: string, format: string]>> = {
  hour: ['hour', 'YYYY-MM-DD"T"HH24:00:00"Z"'],
  day: ['day', 'YYYY-MM-DD'],
  week: ['week', 'YYYY-MM-DD'],
  month: ['month', 'YYYY-MM'],
};

/** The column or expression of a dimension: of a row that tells its time in `time` and, of sums of one tag, that tag's value in `tag_value`. */
export function columnOf(dimension: UsageDimension, place: { time: 'started_at' | 'bucket' }, bind: Bind): string {
  const time = TIMES[dimension];
  if (time) return `to_char(date_trunc('${time[0]}', ${place.time} AT TIME ZONE 'UTC'), '${time[1]}')`;
  if (dimension.startsWith('tag:')) return place.time === 'bucket' ? 'tag_value' : `(tags ->> ${bind(dimension.slice('tag:'.length))})`;
  return NAMED[dimension]!;
}

/** Always a text, in one order for every locale, so that a page begins where the one before it ended. */
export function valueOf(dimension: UsageDimension, place: { time: 'started_at' | 'bucket' }, bind: Bind): string {
  return `COALESCE(${columnOf(dimension, place, bind)}, '') COLLATE "C"`;
}

/** What of the rows is asked about, but for the time. */
export function conditionsOf(question: { orgId: string | null; filters: readonly (readonly [UsageDimension, string])[] }, place: { time: 'started_at' | 'bucket' }, bind: Bind): string[] {
  const org = question.orgId === null ? [] : [`org_id = ${bind(question.orgId)}`];
  return [...org, ...question.filters.map(([dimension, value]) => `${valueOf(dimension, place, bind)} = ${bind(value)}`)];
}
