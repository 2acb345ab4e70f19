import type { Calculation, Forecast, ProviderComparison, Savings, Statement, UsageEvent } from '@byok/contracts';
import { formatUsd, parseUsd } from '@byok/kernel';
import { ingestBatch } from '../ingest/ingest-batch.js';
import { anEvent, NO_METERS } from '../spec/an-event.js';
import { billingOfSuite } from '../spec/billing-world.js';
import { getReport } from './get-report.js';
import { getChargeback, setChargeback } from './statement/chargeback.js';

const world = billingOfSuite();
const NOW = Date.parse('2026-03-21T09:00:00Z');
const MARCH = { from: '2026-03-01T00:00:00Z', to: '2026-04-01T00:00:00Z' };
const START = Date.parse(MARCH.from);
const DAY_MS = 86_400_000;

beforeAll(async () => {
  for (const org of ['org_a', 'org_b']) await take(someEvents(org, org === 'org_a' ? 300 : 90));
});

const take = (events: readonly UsageEvent[]) => ingestBatch(world, 'gw', events);
const pick = <T>(values: readonly T[], index: number): T => values[index % values.length]!;

function someEvents(orgId: string, count: number): UsageEvent[] {
  return Array.from({ length: count }, (_, index) => {
    const keyOwner = pick(['group', 'user', 'org'] as const, index);
    const startedAt = START - 2 * DAY_MS + index * 9_000_000;
    return anEvent({
      ...{ orgId, keyOwner, keyId: `key_${keyOwner}_${orgId}`, keyOwnerId: `${keyOwner}_of_${orgId}`, startedAt },
      groupId: pick(['grp_red', 'grp_blue', null], index >> 1),
      userId: pick([`usr_1_${orgId}`, `usr_2_${orgId}`], index),
      tags: pick<Record<string, string>>([{ project: 'x' }, { project: 'y' }, {}, { project: 'x', team: 'z' }], index),
      model: pick(['gpt-4o', 'gpt-4o-mini', 'gpt-4o', 'nobody-knows', 'gpt-4o-mini'], index),
      outcome: pick(['ok', 'ok', 'ok', 'error', 'ok', 'cut'] as const, index),
      errorCode: pick([null, null, null, pick(['invalid_request', 'provider_error'], index >> 3), null, null], index),
      meters: index % 11 === 0 ? null : { ...NO_METERS, inputUncached: 1_000 + 37 * index, cacheRead: 500 * (index % 3), output: 100 + index },
      ...{ firstByteAt: startedAt + 100 + (index % 50), endedAt: startedAt + 1_000 + index },
    });
  });
}

async function ask<T>(report: string, orgId: string, question: object = {}, more: object = {}): Promise<T> {
  const { answer } = await getReport({ db: world.db, prices: world.prices, clock: { now: () => NOW } }, { report, orgId, ...MARCH, filters: {}, question: JSON.stringify(question), ...more });
  return JSON.parse(answer) as T;
}

/** What the events themselves say, in another statement than the reports'. */
const sumOf = async (what: string, where: string, ...parameters: unknown[]) =>
  (await world.db.query<{ sum: string }>(`SELECT COALESCE(${what}, 0)::text AS sum FROM billing.usage_event WHERE started_at >= '${MARCH.from}' AND started_at < '${MARCH.to}' AND ${where}`, parameters))[0]!.sum;
const usdOf = async (what: string, where: string, ...parameters: unknown[]) => formatUsd(BigInt(await sumOf(`sum(${what})`, where, ...parameters)));
const total = (amounts: readonly string[]) => amounts.reduce((sum, amount) => sum + parseUsd(amount), 0n);

describe('statement', () => {
  it('says about how much providers will bill on which key, as the events do', async () => {
    const { providersBill, weBill, month } = await ask<Statement>('statement', 'org_a');
    expect(month).toBe('2026-03');
    expect(providersBill).toMatchObject({ aboutUsd: null, knownUsd: await usdOf('cost_nano_usd', `org_id = 'org_a'`), unpricedAttempts: Number(await sumOf('count(*)', `org_id = 'org_a' AND cost_nano_usd IS NULL`)) });
    expect(providersBill.keys.map((key) => key.key).sort()).toEqual(['key_group_org_a', 'key_org_org_a', 'key_user_org_a']);
    for (const key of providersBill.keys) {
      expect(key.knownCostUsd).toBe(await usdOf('cost_nano_usd', `org_id = 'org_a' AND key_id = $1`, key.key));
      expect(key.attempts).toBe(Number(await sumOf('count(*)', `org_id = 'org_a' AND key_id = $1`, key.key)));
    }
    expect(weBill).toMatchObject({ usd: '0.00', models: [] });
  });

  it('divides by cost centre, and the parts are the whole', async () => {
    for (const costCentre of ['group', 'tag:project', 'tag:nobody-has-it']) {
      const { costCentres, providersBill } = await ask<Statement>('statement', 'org_a', { costCentre });
      expect(formatUsd(total(costCentres.map((each) => each.totalUsd)))).toBe(providersBill.knownUsd);
      for (const each of costCentres) expect(each.totalUsd).toBe(each.usedUsd);
    }
    const { costCentres } = await ask<Statement>('statement', 'org_a', { costCentre: 'tag:project' });
    expect(costCentres.map((each) => [each.costCentre, each.totalUsd])).toEqual([
      [null, await usdOf('cost_nano_usd', `org_id = 'org_a' AND NOT tags ? 'project'`)],
      ['x', await usdOf('cost_nano_usd', `org_id = 'org_a' AND tags ->> 'project' = 'x'`)],
      ['y', await usdOf('cost_nano_usd', `org_id = 'org_a' AND tags ->> 'project' = 'y'`)],
    ]);
  });

  it('divides shared keys as the rules say, leaves a person’s own key to its user, and still sums', async () => {
    const fixed = { key: 'key_org_org_b', split: 'fixed', shares: [{ costCentre: 'x', percent: '25' }, { costCentre: 'headquarters', percent: '75' }] };
    const rules = { costCentre: 'tag:project', rules: [fixed, { key: 'key_group_org_b', split: 'usage', spreadUntagged: true }, { ...fixed, key: 'key_user_org_b' }] };
    const before = await ask<Statement>('statement', 'org_b', { costCentre: 'tag:project' });
    await setChargeback(world, { orgId: 'org_b', rules: JSON.stringify(rules), actor: 'usr_1' });
    expect(JSON.parse((await getChargeback(world, { orgId: 'org_b' })).rules)).toMatchObject({ costCentre: 'tag:project', rules: [fixed, { measure: 'cost', spreadUntagged: true }, {}] });
    const after = await ask<Statement>('statement', 'org_b');
    expect(after.costCentre).toBe('tag:project');
    expect(total(after.costCentres.map((each) => each.totalUsd))).toBe(total(before.costCentres.map((each) => each.totalUsd)));
    expect(total(after.costCentres.map((each) => each.usedUsd))).toBe(total(before.costCentres.map((each) => each.usedUsd)));
    const ofOrgKey = BigInt(await sumOf('sum(cost_nano_usd)', `org_id = 'org_b' AND key_id = 'key_org_org_b'`));
    expect(parseUsd(after.costCentres.find((each) => each.costCentre === 'headquarters')!.totalUsd) - (ofOrgKey * 3n) / 4n <= 1n).toBe(true);
    const untagged = await usdOf('cost_nano_usd', `org_id = 'org_b' AND key_id = 'key_user_org_b' AND NOT tags ? 'project'`);
    expect(after.costCentres.find((each) => each.costCentre === null)!.totalUsd).toBe(untagged);
    expect((await getChargeback(world, { orgId: 'org_a' })).rules).toBe('');
  });

  it('shows a part of an org what it used itself, whatever the rules', async () => {
    const { costCentres } = await ask<Statement>('statement', 'org_b', {}, { filters: { user: 'usr_1_org_b' } });
    expect(costCentres.map((each) => each.costCentre)).not.toContain('headquarters');
    expect(formatUsd(total(costCentres.map((each) => each.totalUsd)))).toBe(await usdOf('cost_nano_usd', `org_id = 'org_b' AND user_id = 'usr_1_org_b'`));
  });

  it.each([
    [{ costCentre: 'group', rules: [{ key: 'k', split: 'fixed', shares: [{ costCentre: 'x', percent: '99.99' }] }] }],
    [{ costCentre: 'user', rules: [] }],
    [{ costCentre: 'group', rules: [{ key: 'k', split: 'usage' }, { key: 'k', split: 'usage' }] }],
    ['nonsense'],
  ])('refuses rules that cannot be: %j', async (rules) => {
    await expect(setChargeback(world, { orgId: 'org_a', rules: typeof rules === 'string' ? rules : JSON.stringify(rules), actor: 'usr_1' })).rejects.toMatchObject({ code: 'invalid_request' });
  });
});

describe('savings', () => {
  it('goes from the baseline to what was paid in steps that sum, and its numbers are the events’', async () => {
    const savings = await ask<Savings>('savings', 'org_a', { baseline: 'openai/gpt-4o' });
    const step = Object.fromEntries(savings.steps.map((each) => [each.step, each.usd]));
    expect(formatUsd(total(Object.values(step)))).toBe(savings.actualUsd);
    expect(savings.actualUsd).toBe(await usdOf('cost_nano_usd', `org_id = 'org_a'`));
    const metered = `org_id = 'org_a' AND input_uncached IS NOT NULL`;
    expect([savings.attempts, savings.leftOutAttempts]).toEqual([Number(await sumOf('count(*)', `${metered} AND cost_nano_usd IS NOT NULL`)), Number(await sumOf('count(*)', `${metered} AND cost_nano_usd IS NULL`))]);
    // gpt-4o: 2.50 and 10 USD per million tokens; gpt-4o-mini: 0.15 and 0.60.
    const plain = `((input_uncached + cache_read) * CASE model WHEN 'gpt-4o' THEN 2500 ELSE 150 END + output * CASE model WHEN 'gpt-4o' THEN 10000 ELSE 600 END)`;
    expect(step['baseline']).toBe(await usdOf('(input_uncached + cache_read) * 2500 + output * 10000', `${metered} AND cost_nano_usd IS NOT NULL`));
    expect(parseUsd(step['baseline']!) + parseUsd(step['routing']!)).toBe(parseUsd(await usdOf(plain, `${metered} AND cost_nano_usd IS NOT NULL`)));
    expect(step['cache']!.startsWith('-')).toBe(true);
    expect([step['markup'], step['own-keys'], savings.tier]).toEqual(['0.00', '0.00', 'enterprise']);
  });

  it('splits requests at the context tiers of both prices', async () => {
    const call = (inputUncached: number) => anEvent({ orgId: 'org_tiers', provider: 'google', model: 'gemini-2.5-pro', startedAt: START, meters: { ...NO_METERS, inputUncached } });
    await take([call(200_000), call(200_001)]);
    const { steps, actualUsd } = await ask<Savings>('savings', 'org_tiers', { baseline: 'google/gemini-2.5-pro' });
    expect(actualUsd).toBe('0.7500025');
    expect(steps.map((each) => each.usd)).toEqual(['0.7500025', '0.00', '0.00', '0.00', '0.00']);
  });

  it('refuses a baseline that nobody priced, and never claims a part of nothing', async () => {
    await expect(ask('savings', 'org_a', { baseline: 'openai/nobody-knows' })).rejects.toMatchObject({ code: 'price_unknown' });
    expect(await ask('savings', 'org_nobody', { baseline: 'openai/gpt-4o' })).toMatchObject({ savedPercent: null, savedUsd: '0.00', attempts: 0 });
  });
});

describe('forecast', () => {
  it('tells the rest of the month from the days before, and adds what was spent', async () => {
    const daily = Array.from({ length: 60 }, (_, day) => anEvent({ orgId: 'org_steady', startedAt: NOW - (day + 1) * DAY_MS, meters: { ...NO_METERS, inputUncached: 4_000_000 } }));
    await take([...daily, anEvent({ orgId: 'org_steady', startedAt: NOW - 3_600_000, meters: { ...NO_METERS, inputUncached: 400_000_000 } })]);
    const forecast = await ask<Forecast>('forecast', 'org_steady', {}, { from: '', to: '' });
    expect(forecast).toMatchObject({ of: 'cost', historyDays: 60, total: { usd: '110.00', lowUsd: '110.00', highUsd: '110.00' }, month: { month: '2026-03', soFarUsd: '200.00', usd: '310.00' } });
    expect(forecast.days.map((each) => each.day)).toEqual(Array.from({ length: 11 }, (_, index) => `2026-03-${21 + index}`));
    expect(forecast.backtest.map((each) => each.method).sort()).toEqual(['holt-winters', 'seasonal-naive', 'weekday-mean']);
  });

  it('takes the run rate of a young org, another for what is charged, and the asker’s part alone', async () => {
    await take([1, 2, 3].map((day) => anEvent({ orgId: 'org_young', userId: `usr_${day}`, startedAt: NOW - day * DAY_MS })));
    expect(await ask('forecast', 'org_young', { days: 2 })).toMatchObject({ method: 'run-rate', historyDays: 3, total: { usd: '0.01' }, month: null, backtest: [] });
    expect(await ask('forecast', 'org_young', { of: 'charged' })).toMatchObject({ historyDays: 0, total: { usd: '0.00' } });
    expect(await ask('forecast', 'org_young', {}, { filters: { user: 'usr_1' } })).toMatchObject({ historyDays: 1 });
  });
});

describe('providers', () => {
  it('compares models by what they answered, how fast and for how much; the caller’s own mistakes do not count against them', async () => {
    const { items } = await ask<ProviderComparison>('providers', 'org_a', { by: 'model' });
    const mini = items.find((item) => item.model === 'gpt-4o-mini')!;
    const where = `org_id = 'org_a' AND model = 'gpt-4o-mini'`;
    expect(mini.answered).toBe(Number(await sumOf('count(*)', `${where} AND outcome = 'ok'`)));
    const broken = items.find((item) => item.model === 'nobody-knows')!;
    expect(broken).toMatchObject({ failed: Number(await sumOf('count(*)', `org_id = 'org_a' AND model = 'nobody-knows' AND (outcome = 'cut' OR error_code = 'provider_error')`)), costPer1kTokensUsd: null });
    expect(broken.failed).toBeLessThan(broken.attempts);
    const perThousand = (await world.db.query<{ cost: string }>(`SELECT round(1000 * sum(cost_nano_usd) / sum(input_uncached + cache_read + output))::text AS cost FROM billing.usage_event WHERE ${where} AND input_uncached IS NOT NULL AND started_at >= $1 AND started_at < $2`, [MARCH.from, MARCH.to]))[0]!;
    expect(mini.costPer1kTokensUsd).toBe(formatUsd(BigInt(perThousand.cost)));
    const [exact] = await world.db.query<{ p: number }>(`SELECT percentile_cont(0.95) WITHIN GROUP (ORDER BY extract(epoch FROM ended_at - started_at) * 1000) AS p FROM billing.usage_event WHERE ${where} AND outcome = 'ok' AND started_at >= $1 AND started_at < $2`, [MARCH.from, MARCH.to]);
    expect(mini.totalMs!.p95).toBe(Math.round(exact!.p));
  });

  it('sums to the same by provider, and refuses more than 35 days', async () => {
    const [byProvider, byModel] = [await ask<ProviderComparison>('providers', 'org_a'), await ask<ProviderComparison>('providers', 'org_a', { by: 'model' })];
    expect(byProvider.items).toMatchObject([{ provider: 'openai', model: null, attempts: byModel.items.reduce((sum, item) => sum + item.attempts, 0) }]);
    await expect(ask('providers', 'org_a', {}, { to: '2026-05-01T00:00:00Z' })).rejects.toMatchObject({ code: 'invalid_request' });
  });
});

describe('calculation', () => {
  it('gives the vector of seed 004, and compares models on own keys and credits', async () => {
    const tokens = { input: 80_000_000, cachedInput: 20_000_000, output: 20_000_000, requests: 1_000 };
    const { items } = await ask<Calculation>('calculation', 'org_a', { blended: { tokens: 100_000_000, usdPerMillionTokens: '30' }, models: ['openai/gpt-4o', 'openai/nobody-knows'], tokens });
    expect(items.map((item) => [item.name, item.listUsd, item.tiers.map((tier) => tier.totalUsd)])).toEqual([
      ['openai/gpt-4o', '375.00', ['431.25', '412.50', '393.75', '375.00']],
      ['openai/nobody-knows', null, []],
      ['blended', '3000.00', ['3450.00', '3300.00', '3150.00', '3000.00']],
    ]);
  });

  it('takes what was used for what will be', async () => {
    const { tokens, items } = await ask<Calculation>('calculation', 'org_a', { history: {}, models: ['openai/gpt-4o'] });
    expect(tokens).toEqual({
      input: Number(await sumOf('sum(input_uncached + cache_read)', `org_id = 'org_a'`)),
      cachedInput: Number(await sumOf('sum(cache_read)', `org_id = 'org_a'`)),
      output: Number(await sumOf('sum(output)', `org_id = 'org_a'`)),
      requests: Number(await sumOf('count(*)', `org_id = 'org_a'`)),
    });
    expect(items[0]!.listUsd).toBe(formatUsd(BigInt(tokens!.input - tokens!.cachedInput) * 2_500n + BigInt(tokens!.cachedInput) * 1_250n + BigInt(tokens!.output) * 10_000n));
  });
});

describe('every report', () => {
  it('never mixes two orgs', async () => {
    const questions = { statement: {}, savings: { baseline: 'openai/gpt-4o' }, forecast: {}, providers: {}, calculation: { history: {}, models: ['openai/gpt-4o'] } };
    for (const [report, question] of Object.entries(questions)) {
      const before = await ask(report, 'org_a', question);
      expect(JSON.stringify(before)).not.toContain('org_b');
      await take(someEvents('org_c', 40));
      expect(await ask(report, 'org_a', question)).toEqual(before);
    }
  });

  it('refuses one that does not exist, no org, and a question that is none', async () => {
    for (const bad of [{ report: 'constructor' }, { orgId: '' }, { question: '{' }, { filters: { password: 'x' } }]) await expect(ask('statement', 'org_a', {}, bad)).rejects.toMatchObject({ code: 'invalid_request' });
  });
});
