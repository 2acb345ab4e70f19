import type { UsageDimension } from '@byok/contracts';

export type Bind = (value: unknown) => string;

/** Rows of events tell their time in `started_at`, rows of sums in `bucket` and, of sums of one tag, that tag's value in `tag_value`. */
export interface Place {
  time: 'started_at' | 'bucket';
}

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

const FORMAT_OF: Readonly<Record<string, string>> = { hour: 'YYYY-MM-DD"T"HH24:00:00"Z"', day: 'YYYY-MM-DD', week: 'YYYY-MM-DD', month: 'YYYY-MM' };

/** What rows are grouped by: of a time its beginning, which is cheaper to tell apart than its name. */
export function groupOf(dimension: UsageDimension, place: Place, bind: Bind): string {
  if (FORMAT_OF[dimension] !== undefined) return `date_trunc('${dimension}', ${place.time} AT TIME ZONE 'UTC')`;
  if (dimension.startsWith('tag:')) return orNone(place.time === 'bucket' ? 'tag_value' : `tags ->> ${bind(dimension.slice('tag:'.length))}`);
  return orNone(NAMED[dimension]!);
}

/** The name of a group: always a text, in one order for every locale, so that a page begins where the one before it ended. */
export function nameOf(dimension: UsageDimension, group: string): string {
  const format = FORMAT_OF[dimension];
  return format === undefined ? group : `to_char(${group}, '${format}') COLLATE "C"`;
}

export function valueOf(dimension: UsageDimension, place: Place, bind: Bind): string {
  return nameOf(dimension, groupOf(dimension, place, bind));
}

/** What of the rows is asked about, but for the time. */
export function conditionsOf(question: { orgId: string | null; filters: readonly (readonly [UsageDimension, string])[] }, place: Place, bind: Bind): string[] {
  const org = question.orgId === null ? [] : [`org_id = ${bind(question.orgId)}`];
  return [...org, ...question.filters.map(([dimension, value]) => `${valueOf(dimension, place, bind)} = ${bind(value)}`)];
}

function orNone(column: string): string {
  return `COALESCE(${column}, '') COLLATE "C"`;
}
