import type { UsageEvent } from '@byok/contracts';
import { createLog, EVERY_ORG, openDatabase, type Database } from '@byok/platform';
import { testDatabase, type TestDatabase } from '@byok/testing';
import { bundledPrices, importPrices } from '../prices/import-prices.js';
import { openPriceShelf } from '../prices/load-prices.js';
import { anEvent, NO_METERS } from '../spec/an-event.js';
import { ingestBatch } from './ingest-batch.js';

const log = createLog('test', 'fatal');
let test: TestDatabase;
let db: Database;

beforeAll(async () => {
  test = await testDatabase();
  db = await openDatabase({ url: test.url('billing'), applicationName: 'test', log, poolSize: 20, scope: EVERY_ORG });
  await importPrices({ db, log }, await bundledPrices());
});
afterAll(async () => {
  await db.close();
  await test.close();
});

const START = Date.parse('2026-03-01T00:00:00Z');
const shelf = openPriceShelf();
const take = (gatewayId: string, events: readonly UsageEvent[]) => ingestBatch({ db, log, prices: shelf }, gatewayId, events);
const pick = <T>(values: readonly T[], index: number): T => values[index % values.length]!;

/** Events that differ in everything, two orgs, some of them attempts of one request. */
function someEvents(count: number): UsageEvent[] {
  return Array.from({ length: count }, (_, index) =>
    anEvent({
      orgId: pick(['org_a', 'org_b'], index >> 3),
      requestId: `req_${String(index >> 1).padStart(32, '0')}`,
      attempt: (index & 1) + 1,
      groupId: pick(['grp_a', null], index),
      userId: pick(['usr_a', 'usr_b', null], index),
      tokenId: pick(['tok_a', null], index >> 2),
      keyId: pick(['key_a', 'key_b', 'key_c'], index),
      keyOwner: pick(['user', 'group', 'platform'] as const, index),
      model: pick(['gpt-4o', 'gpt-4o-mini', 'nobody-knows'], index >> 1),
      endpoint: pick(['chat', 'embeddings'] as const, index >> 4),
      tags: pick<Record<string, string>>([{}, { project: 'x' }, { project: 'y', team: 'red' }], index),
      outcome: pick(['ok', 'ok', 'error'] as const, index),
      estimated: index % 5 === 0,
      meters: index % 7 === 0 ? null : { ...NO_METERS, inputUncached: index, cacheRead: 3, output: 2 * index, reasoning: 1 },
      startedAt: START + index * 1_000_003,
    }),
  );
}

const SUMS = `count(*)::text AS attempts, (count(*) FILTER (WHERE outcome = 'ok'))::text AS ok_attempts, (count(*) FILTER (WHERE estimated))::text AS estimated_attempts,
  (count(*) FILTER (WHERE cost_nano_usd IS NULL))::text AS unpriced_attempts, COALESCE(sum(input_uncached + cache_read + cache_write_5m + cache_write_1h), 0)::text AS input_tokens,
  COALESCE(sum(cache_read), 0)::text AS cached_tokens, COALESCE(sum(output), 0)::text AS output_tokens, COALESCE(sum(reasoning), 0)::text AS reasoning_tokens,
  COALESCE(sum(cost_nano_usd), 0)::text AS known_cost_nano_usd, COALESCE(sum(charged_nano_usd), 0)::text AS charged_nano_usd`;
const TABLES = [
  ['rollup_model_hour', 'hour', 'provider, model, key_owner, endpoint'],
  ['rollup_model_day', 'day', 'provider, model, key_owner, endpoint'],
  ['rollup_key_day', 'day', 'key_id, key_owner, provider, model'],
  ['rollup_caller_day', 'day', `COALESCE(group_id, ''), COALESCE(user_id, ''), COALESCE(token_id, '')`],
  ['rollup_caller_month', 'month', `COALESCE(group_id, ''), COALESCE(user_id, ''), COALESCE(token_id, '')`],
  ['rollup_group_day', 'day', `COALESCE(group_id, '')`],
] as const;

async function expectSumsOfEvents(): Promise<void> {
  for (const [table, unit, columns] of TABLES) {
    const values = columns.split(/, (?!'')/);
    const kept = await db.query(`SELECT * FROM billing.${table} ORDER BY 1, 2, ${values.map((_, index) => index + 3).join(', ')}`);
    const names = Object.keys(kept[0] as object).slice(2, 2 + values.length);
    const byHand = await db.query(
      `SELECT org_id, date_trunc('${unit}', started_at, 'UTC') AS bucket, ${values.map((value, index) => `${value} AS ${names[index]}`).join(', ')}, ${SUMS}
       FROM billing.usage_event GROUP BY 1, 2, ${values.join(', ')} ORDER BY 1, 2, ${values.map((_, index) => index + 3).join(', ')}`,
    );
    expect(kept.length).toBeGreaterThan(3);
    expect(kept).toEqual(byHand);
  }
  const tags = `SELECT org_id, date_trunc('day', started_at, 'UTC') AS bucket, t.key AS tag, t.value AS tag_value, COALESCE(group_id, '') AS group_id, ${SUMS}
    FROM billing.usage_event, jsonb_each_text(tags) AS t GROUP BY 1, 2, 3, 4, 5 ORDER BY 1, 2, 3, 4, 5`;
  expect(await db.query('SELECT * FROM billing.rollup_tag_day ORDER BY 1, 2, 3, 4, 5')).toEqual(await db.query(tags));
}

/** Which attempts were found to be of one request; which of the two came first does not matter. */
async function pairs(orgId?: string): Promise<string[]> {
  const rows = await db.query<{ pair: string }>(
    'SELECT LEAST(event_id, earlier_event_id) || $2 || GREATEST(event_id, earlier_event_id) AS pair FROM billing.repeated_attempt WHERE COALESCE(org_id = $1, true) ORDER BY 1',
    [orgId ?? null, ' '],
  );
  return rows.map((row) => row.pair);
}

describe('addToRollups', () => {
  it('G01 keeps exactly the sums of the events, delivered many times, to parallel workers, in any order and any cut', async () => {
    const events = someEvents(400);
    const batches = Array.from({ length: 24 }, (_, index) => {
      const from = (index * 37) % 300;
      const part = events.slice(from, from + 120);
      return take('gw', index % 2 ? part : part.reverse());
    });
    await Promise.all(batches);
    await Promise.all([take('gw', events), take('gw', [...events].reverse())]);
    await expectSumsOfEvents();
  });

  it('knows every attempt of a request that has several, also when they come at the same time in batches of their own', async () => {
    const twins = Array.from({ length: 40 }, (_, index) => {
      const first = anEvent({ orgId: 'org_twins', startedAt: START + index });
      return [first, anEvent({ orgId: 'org_twins', requestId: first.requestId, attempt: 2, startedAt: START + index + 1 })] as const;
    });
    const alone = Array.from({ length: 10 }, () => anEvent({ orgId: 'org_twins', startedAt: START }));
    await Promise.all([take('gw', twins.map(([first]) => first)), take('gw', twins.map(([, second]) => second)), take('gw', alone)]);
    expect(await pairs('org_twins')).toEqual(twins.map((twin) => twin.map((event) => event.eventId).sort().join(' ')).sort());
  });

  it('keeps nothing of a batch that is rolled back', async () => {
    const failing = { ...db, transaction: <R>(work: Parameters<Database['transaction']>[0]) => db.transaction(async (tx) => { await work(tx); throw new Error('power cut'); }) as Promise<R> };
    await expect(ingestBatch({ db: failing as unknown as Database, log, prices: shelf }, 'gw', [anEvent({ orgId: 'org_cut' })])).rejects.toThrow('power cut');
    for (const [table] of TABLES) expect(await db.query(`SELECT 1 FROM billing.${table} WHERE org_id = 'org_cut'`)).toEqual([]);
  });

  it('puts an event whose tags no table takes aside, and takes the rest', async () => {
    const many = Object.fromEntries(Array.from({ length: 33 }, (_, index) => [`t${index}`, 'x']));
    expect(await take('gw', [anEvent({ tags: { a: 'b\0' } }), anEvent({ tags: many }), anEvent()])).toMatchObject({ added: 1, poisoned: 2 });
  });

  it('fills the sums of events that were there before, in the migration, as the ingest would have', async () => {
    const owner = await openDatabase({ url: test.ownerUrl, applicationName: 'test', log });
    const { readFileSync } = await import('node:fs');
    const text = readFileSync(new URL('../../migrations/20261121120000_rollups.sql', import.meta.url), 'utf8');
    await owner.query(`TRUNCATE ${[...TABLES.map(([table]) => `billing.${table}`), 'billing.rollup_tag_day'].join(', ')}`);
    const before = await pairs();
    await owner.query('TRUNCATE billing.repeated_attempt');
    await owner.query(text.slice(text.indexOf('-- What was taken in before')));
    await expectSumsOfEvents();
    expect(await pairs()).toEqual(before);
    await owner.close();
  });
});
