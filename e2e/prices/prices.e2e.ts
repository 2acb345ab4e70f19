import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { AdminClient } from '../support/admin-client.js';
import { grantCredits } from '../support/credits.js';
import { eventually } from '../support/eventually.js';
import { chat } from '../support/gateway-client.js';
import { providerKeys } from '../support/provider-keys.js';
import { standaloneOfSuite } from '../support/standalone-of-suite.js';
import { newWorld, type Person, type World } from '../support/world.js';

const BYOK = resolve(import.meta.dirname, '../../apps/cli/dist/main.js');
const PRICE = { provider: 'openai', model: 'gpt-4o', rates: { input: '0', output: '1000' }, source: 'contract 7' };

const { upstream, standalone } = standaloneOfSuite();
let operator: AdminClient;
let world: World;
let person: Person;

beforeAll(async () => {
  operator = await standalone.operator();
  await operator.post('/api/keys', { owner: { type: 'platform' }, provider: 'openai', apiKey: providerKeys.openai(), skipTest: true });
  world = await newWorld(standalone, 'Acme', { platformKeysGranted: true, tier: 'enterprise' });
  person = await world.person('ann');
  await grantCredits(operator, world.orgId, '100.00');
  upstream.behave({ when: { model: 'gpt-4o' }, usage: { inputTokens: 10, outputTokens: 1_000 } });
});

/** The command line as a shell would start it. */
function byok(words: readonly string[], credential = operator.credential ?? ''): Promise<{ code: number; output: string; errors: string }> {
  const env = { PATH: process.env['PATH'] ?? '', BYOK_URL: standalone.adminUrl, ...(credential ? { BYOK_TOKEN: credential } : {}) };
  return new Promise((done) => execFile(process.execPath, [BYOK, ...words], { env }, (error, output, errors) => done({ code: typeof error?.code === 'number' ? error.code : 0, output, errors })));
}

const charged = async (): Promise<string> => (await world.owner.get('/api/usage'))['items'][0]['chargedUsd'] as string;
const usedOnce = async (requests: number) => {
  await chat(standalone.gatewayUrl, person.token, { model: 'gpt-4o', max_tokens: 2_000 });
  await world.usage('org', requests);
};

describe('prices', () => {
  it('of a contract count from now on for their org, and a re-rating charges what was before by the difference', async () => {
    await usedOnce(1);
    const before = await charged();
    expect(Number(before)).toBeCloseTo(0.010025, 9);
    const start = new Date(Date.now() - 3_600_000).toISOString();
    await operator.put(`/api/orgs/${world.orgId}/prices`, { ...PRICE, effectiveFrom: start });
    await usedOnce(2);
    expect(Number(await charged())).toBeCloseTo(0.010025 + 1, 9);
    const rerate = (dryRun: boolean) => operator.post(`/api/orgs/${world.orgId}/rerate`, { from: start, to: new Date(Date.now() + 60_000).toISOString(), dryRun });
    expect(await rerate(true)).toMatchObject({ events: 2, changed: 1, adjustmentUsd: '0.989975', journals: [] });
    expect(await rerate(false)).toMatchObject({ changed: 1, adjustmentUsd: '0.989975', journals: [expect.stringMatching(/^jrn_/)] });
    expect(await rerate(true)).toMatchObject({ changed: 0 });
    expect(await world.owner.get(`/api/orgs/${world.orgId}/credits`)).toMatchObject({ balanceUsd: '98.00' });
    const month = new Date().toISOString().slice(0, 7);
    const draft = await world.owner.get(`/api/orgs/${world.orgId}/invoices/${month}`);
    expect(draft).toMatchObject({ status: 'draft', totalUsd: '2.00', closingBalanceUsd: '98.00' });
    const events = await world.owner.get(`/api/orgs/${world.orgId}/invoices/${month}/lines/${(draft['lines'] as { line: number; label: string }[]).find((line) => line.label.includes('anew'))!.line}/events`);
    expect(events['items']).toMatchObject([{ kind: 'usage', model: 'gpt-4o', amountUsd: '0.989975' }]);
    expect((await operator.call('POST', `/api/orgs/${world.orgId}/invoices/${month}/finalise`)).status).toBe(409);
  });

  it('are listed, compared and imported from the command line', async () => {
    const list = await byok(['prices', 'list', '--model', 'gpt-4o', '--provider', 'openai', '--org', world.orgId]);
    expect([list.code, list.output.split('\n')[1]]).toEqual([0, expect.stringMatching(new RegExp(`^openai +gpt-4o +contract ${world.orgId} +0 +1000`))]);
    const file = join(standalone.folder, 'prices.json');
    await writeFile(file, JSON.stringify({ source: 'list', prices: [{ provider: 'openai', model: 'our-model*', rates: { input: '1', output: '2' } }] }));
    expect((await byok(['prices', 'import', '--diff', file])).output).toBe('+  openai/our-model*  input 1, output 2\nlist: 1 prices, 1 to add, 0 to withdraw.\n');
    expect((await operator.get('/api/prices?model=our-model-1'))['items']).toEqual([]);
    expect((await byok(['prices', 'import', file])).output).toBe('list: 1 prices, 1 added, 0 withdrawn.\n');
    expect(await eventually(async () => (await operator.get('/api/prices?model=our-model-1'))['items'] as unknown[], (items) => items.length === 1)).toMatchObject([{ layer: 'imported', source: 'list' }]);
    expect((await byok(['prices', 'import', 'bundled'])).output).toBe('genai-prices: nothing new.\n');
  });

  it('are not for everybody to import, and mistakes have a sentence and an exit code', async () => {
    const refused = await byok(['prices', 'import', '--diff', 'bundled'], world.owner.credential);
    expect([refused.code, refused.errors]).toEqual([1, expect.stringContaining('price:update')]);
    expect(await byok(['nonsense'])).toMatchObject({ code: 2, errors: expect.stringContaining('prices list') as string });
    const { code, errors } = await byok(['prices', 'list'], ' ');
    expect([code, errors]).toEqual([2, expect.stringContaining('BYOK_TOKEN')]);
    expect((await byok(['prices', 'list'], 'hunter2-is-no-token')).errors).not.toContain('hunter2');
  });
});
