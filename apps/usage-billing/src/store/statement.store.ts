import type { UsageDimension } from '@byok/contracts';
import type { Sql } from '@byok/platform';
import type { UsageQuestion } from '../reports/usage-request.js';
import { conditionsOf, valueOf, type Bind } from './usage-columns.js';

type Asked = Pick<UsageQuestion, 'orgId' | 'from' | 'to' | 'filters'>;

/** What a cost centre used of a key; centre '' is none. */
export interface KeyUseRow {
  key_id: string;
  key_owner: string;
  key_owner_id: string;
  provider: string;
  centre: string;
  attempts: string;
  unpriced: string;
  tokens: string;
  known_cost: string;
  charged: string;
}

/** What was called on platform credits. */
export interface CreditsRow {
  provider: string;
  model: string;
  attempts: string;
  pending: string;
  tokens: string;
  list: string;
  charged: string;
  base: string;
  markup: string;
  overrun: string;
}

const TOKENS = 'COALESCE(sum(input_uncached + cache_read + cache_write_5m + cache_write_1h + output), 0)';

export function readKeyUse(db: Sql, asked: Asked, centre: UsageDimension): Promise<KeyUseRow[]> {
  const parameters: unknown[] = [asked.from, asked.to];
  const bind: Bind = (value) => `$${parameters.push(value)}`;
  const value = valueOf(centre, { time: 'started_at' }, bind);
  return db.query<KeyUseRow>(
    `SELECT key_id, key_owner, key_owner_id, provider, centre, count(*) AS attempts, count(*) FILTER (WHERE cost_nano_usd IS NULL) AS unpriced, ${TOKENS} AS tokens,
       COALESCE(sum(cost_nano_usd), 0) AS known_cost, COALESCE(sum(charged_nano_usd), 0) AS charged
     FROM (SELECT *, ${value} AS centre FROM billing.usage_event WHERE ${conditions(asked, bind)}) AS event
     GROUP BY key_id, key_owner, key_owner_id, provider, centre ORDER BY key_id, key_owner, key_owner_id, provider, centre`,
    parameters,
  );
}

export function readCredits(db: Sql, asked: Asked): Promise<CreditsRow[]> {
  const parameters: unknown[] = [asked.from, asked.to];
  const bind: Bind = (value) => `$${parameters.push(value)}`;
  const sum = (column: string): string => `COALESCE(sum(${column}), 0)`;
  return db.query<CreditsRow>(
    `SELECT provider, model, count(*) AS attempts, count(*) FILTER (WHERE charged_nano_usd IS NULL) AS pending, ${TOKENS} AS tokens, ${sum('cost_nano_usd')} AS list,
       ${sum('charged_nano_usd')} AS charged, ${sum('base_nano_usd')} AS base, ${sum('markup_nano_usd')} AS markup, ${sum('overrun_nano_usd')} AS overrun
     FROM (SELECT * FROM billing.usage_event WHERE key_owner = 'platform' AND ${conditions(asked, bind)}) AS event
     LEFT JOIN (SELECT event_id, base_nano_usd, markup_nano_usd, overrun_nano_usd FROM billing.charge) AS charge USING (event_id)
     GROUP BY provider, model ORDER BY charged DESC, provider, model`,
    parameters,
  );
}

function conditions(asked: Asked, bind: Bind): string {
  return ['started_at >= $1::timestamptz', 'started_at < $2::timestamptz', ...conditionsOf(asked, { time: 'started_at' }, bind)].join(' AND ');
}
