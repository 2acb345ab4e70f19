import type { Json } from '../support/admin-client.js';
import { chat } from '../support/gateway-client.js';
import { standaloneOfSuite } from '../support/standalone-of-suite.js';
import { newWorldWithKey } from '../support/world.js';

type Setting = Awaited<ReturnType<typeof newWorldWithKey>>;

const CALLS = 5;
const { standalone } = standaloneOfSuite();
let ours: Setting;

beforeAll(async () => {
  const [mine, theirs] = [await newWorldWithKey(standalone, 'Ours'), await newWorldWithKey(standalone, 'Theirs')];
  ours = mine;
  for (let call = 0; call < CALLS; call++) await chat(standalone.gatewayUrl, mine.person.token);
  await chat(standalone.gatewayUrl, theirs.person.token);
  await Promise.all([mine.world.usage('org', CALLS), theirs.world.usage('org', 1)]);
});

const get = (path: string): Promise<Json> => ours.world.owner.get(path);
const listUsd = async (): Promise<string> => (await ours.world.usage('org', CALLS))[0]!.knownCostUsd;

describe('reports of calls that were really made', () => {
  it('agree: the usage report, the statement, the savings, the key and the providers tell of the same calls and the same money', async () => {
    const cost = await listUsd();
    const statement = await get('/api/reports/statement');
    expect(statement).toMatchObject({ providersBill: { aboutUsd: cost, keys: [{ key: ours.keyId, attempts: CALLS }] }, weBill: { usd: '0.00' }, costCentres: [{ costCentre: ours.groupId, totalUsd: cost }] });
    expect(await get('/api/reports/savings?baseline=openai/gpt-4o')).toMatchObject({ attempts: CALLS, leftOutAttempts: 0, actualUsd: cost, tier: 'enterprise' });
    expect(await get(`/api/keys/${ours.keyId}/stats`)).toMatchObject({ requests: CALLS, knownCostUsd: cost });
    expect(await get('/api/reports/providers')).toMatchObject({ items: [{ answered: CALLS, failed: 0, successPercent: '100.0', knownCostUsd: cost }] });
  });

  it('have percentiles, the period before, a forecast and a file', async () => {
    const usage = await get('/api/usage?groupBy=model&latency=true&compare=previous');
    expect(usage).toMatchObject({ items: [{ requests: CALLS, latency: { totalMs: { p50: expect.any(Number), p95: expect.any(Number) } } }], previous: { items: [] } });
    expect(await get('/api/reports/forecast')).toMatchObject({ method: 'run-rate', historyDays: 0 });
    const file = await ours.world.owner.call('GET', '/api/usage/export.csv?groupBy=user');
    expect(file.text.split('\r\n')).toHaveLength(3);
    expect(file.text).toContain(`${ours.person.id},${CALLS},${CALLS},${CALLS},`);
  });

  it('divide a shared key by the rules of the org from the moment those are set', async () => {
    const rules = { costCentre: 'group', rules: [{ key: ours.keyId, split: 'fixed', shares: [{ costCentre: 'headquarters', percent: '100' }] }] };
    await ours.world.owner.put(`/api/orgs/${ours.world.orgId}/chargeback`, rules);
    const { costCentres } = (await get('/api/reports/statement')) as { costCentres: Json[] };
    expect(costCentres.map((each) => [each['costCentre'], each['totalUsd']])).toEqual([[ours.groupId, '0.00'], ['headquarters', await listUsd()]]);
  });

  it('calculate what the same would cost elsewhere', async () => {
    const answer = (await ours.world.owner.post('/api/calculator', { models: ['openai/gpt-4o', 'anthropic/claude-3-5-haiku-latest'], history: {} })) as { tokens: Json; items: Json[] };
    expect(answer.tokens).toMatchObject({ requests: CALLS });
    expect(answer.items.map((item) => typeof item['listUsd'])).toEqual(['string', 'string']);
  });
});
