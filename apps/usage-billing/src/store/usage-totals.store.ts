import type { Sql } from '@byok/platform';
import { chooseRollup } from '../reports/usage/choose-rollup.js';
import { cutPeriod, type Slice } from '../reports/usage/cut-period.js';
import type { UsageQuestion } from '../reports/usage-request.js';
import { bitsOf, MEASURES } from './rollups.store.js';
import { conditionsOf, groupOf, nameOf, type Bind } from './usage-columns.js';

/** Sums as PostgreSQL's numeric, in decimal digits. */
export interface UsageTotals {
  values: string[];
  attempts: string;
  ok_attempts: string;
  requests: string;
  input_tokens: string;
  cached_tokens: string;
  output_tokens: string;
  reasoning_tokens: string;
  estimated: string;
  unpriced: string;
  known_cost_nano_usd: string;
  charged_nano_usd: string;
}

const NAMES = Object.keys(MEASURES);

/**
 * Attempts summed by the dimensions asked for, in the order of their values, from the place after `question.after`: from kept sums
 * where those tell all the dimensions apart, and from the events at the edges of the period or, if need be, everywhere.
 */
export async function sumUsage(db: Sql, question: UsageQuestion): Promise<{ rows: UsageTotals[]; source: 'rollups' | 'events' }> {
  const parameters: unknown[] = [];
  const bind: Bind = (value) => `$${parameters.push(value)}`;
  const rollup = chooseRollup([...question.groupBy, ...question.filters.map(([dimension]) => dimension)]);
  const slices = cutPeriod(Date.parse(question.from), Date.parse(question.to), rollup?.grains ?? []);
  const names = question.groupBy.map((_, index) => `v${index}`);
  const texts = question.groupBy.map((dimension, index) => nameOf(dimension, `line.v${index}`));
  const isGrouped = names.length > 0;
  const parts = slices.map((slice) => partOf(question, slice, rollup?.tag, bind));
  const sums = NAMES.map((name) => `COALESCE(sum(${name}), 0) AS ${name}`);
  const after = question.after ? `WHERE (${texts.join(', ')}) > (${question.after.map(bind).join(', ')})` : '';
  const rows = await db.query<UsageTotals>(
    `WITH line AS (SELECT ${[...names, ...sums].join(', ')} FROM (${parts.join(' UNION ALL ')}) AS part ${isGrouped ? `GROUP BY ${names.join(', ')} HAVING sum(attempts) > 0` : ''}),
     repeat AS (${repeatsOf(question, names, bind)})
     SELECT ARRAY[${texts.join(', ')}]::text[] AS values, ${NAMES.join(', ')},
       attempts - COALESCE(repeated, 0) AS requests,
       estimated_attempts - COALESCE(repeated_estimated, 0) AS estimated,
       unpriced_attempts - COALESCE(repeated_unpriced, 0) AS unpriced
     FROM line LEFT JOIN repeat ON ${isGrouped ? names.map((name) => `line.${name} = repeat.${name}`).join(' AND ') : 'true'} ${after}
     ${isGrouped ? `ORDER BY ${texts.join(', ')} LIMIT ${bind(question.limit + 1)}` : ''}`,
    parameters,
  );
  return { rows, source: slices.some((slice) => slice.table !== null) ? 'rollups' : 'events' };
}

/** One slice of the period, a row per line that it has anything of. */
function partOf(question: UsageQuestion, slice: Slice, tag: string | undefined, bind: Bind): string {
  const isKept = slice.table !== null;
  const place = { time: isKept ? ('bucket' as const) : ('started_at' as const) };
  const values = question.groupBy.map((dimension) => groupOf(dimension, place, bind));
  const conditions = [...conditionsOf(question, place, bind), ...within(slice, place.time, bind)].join(' AND ');
  const selected = [...values.map((value, index) => `${value} AS v${index}`), ...NAMES.map((name) => `${isKept ? `sum(${name})` : MEASURES[name]!} AS ${name}`)];
  const from = !isKept ? 'billing.usage_event' : tag === undefined ? `billing.${slice.table!}` : `(${sumsOfTag(tag, bind)}) AS tagged`;
  return `SELECT ${selected.join(', ')} FROM ${from} WHERE ${conditions} ${values.length > 0 ? `GROUP BY ${values.map((_, index) => index + 1).join(', ')}` : ''}`;
}

function within({ from, to }: { from: number; to: number }, column: string, bind: Bind): string[] {
  return [`${column} >= ${bind(new Date(from).toISOString())}::timestamptz`, `${column} < ${bind(new Date(to).toISOString())}::timestamptz`];
}

/** What bears the tag, by its value; and what does not, which is everything less that. */
function sumsOfTag(tag: string, bind: Bind): string {
  const [name, sums] = [bind(tag), NAMES.join(', ')];
  const tagged = `FROM billing.rollup_tag_day WHERE tag = ${name}`;
  return `SELECT org_id, bucket, group_id, tag_value, ${sums} ${tagged}
    UNION ALL SELECT org_id, bucket, group_id, '', ${sums} FROM billing.rollup_group_day
    UNION ALL SELECT org_id, bucket, group_id, '', ${NAMES.map((each) => `-${each}`).join(', ')} ${tagged}`;
}

/** How often requests were counted again: the attempts that stand in a line with an earlier one. Only of those with several before them need the pairs be told apart. */
function repeatsOf(question: UsageQuestion, names: readonly string[], bind: Bind): string {
  const place = { time: 'started_at' as const };
  const values = question.groupBy.map((dimension, index) => `${groupOf(dimension, place, bind)} AS v${index}`);
  const period = { from: Date.parse(question.from), to: Date.parse(question.to) };
  const bits = bind(bitsOf([...question.groupBy, ...question.filters.map(([dimension]) => dimension)]));
  const conditions = [...conditionsOf(question, place, bind), ...within(period, 'started_at', bind), ...within(period, 'earlier_started_at', bind), `same & ${bits} = ${bits}`].join(' AND ');
  const grouping = names.length > 0 ? `GROUP BY ${names.join(', ')}` : '';
  const part = (which: string, counted: string): string => {
    const count = (name: string, condition: string): string => `count(${counted}) FILTER (WHERE ${condition}) AS ${name}`;
    const counts = [count('again', 'true'), count('again_estimated', 'both_estimated'), count('again_unpriced', 'both_unpriced')];
    return `SELECT ${[...values, ...counts].join(', ')} FROM billing.repeated_attempt WHERE ${which} AND ${conditions} ${grouping}`;
  };
  const sums = ['sum(again) AS repeated', 'sum(again_estimated) AS repeated_estimated', 'sum(again_unpriced) AS repeated_unpriced'];
  return `SELECT ${[...names, ...sums].join(', ')} FROM (${part('is_second', '*')} UNION ALL ${part('NOT is_second', 'DISTINCT event_id')}) AS part ${grouping}`;
}
