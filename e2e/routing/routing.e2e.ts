import type { Answer, Json } from '../support/admin-client.js';
import { eventually } from '../support/eventually.js';
import { chat } from '../support/gateway-client.js';
import { providerKeys } from '../support/provider-keys.js';
import { standaloneOfSuite } from '../support/standalone-of-suite.js';
import { newWorldWithKey } from '../support/world.js';

const { upstream, standalone } = standaloneOfSuite();
let ours: Awaited<ReturnType<typeof newWorldWithKey>>;

beforeAll(async () => {
  ours = await newWorldWithKey(standalone, 'Routing');
  await ours.world.key({ type: 'group', id: ours.groupId }, 'anthropic', providerKeys.anthropic());
});

const policy = (body: object): Promise<Json> => ours.world.owner.put(`/api/orgs/${ours.world.orgId}/policy`, body);
const explain = (body: object): Promise<Json> => ours.world.owner.post('/api/routing/explain', body);
const factsOf = ({ status, headers }: Answer): unknown[] => [status, headers.get('x-byok-model'), headers.get('x-provider')];
/** Explained for the caller, then called: what the first attempt was said to be, and what the call got. */
async function saidAndDone(model: string, more: object = {}): Promise<{ said: unknown[]; done: unknown[]; told: Json }> {
  const told = await explain({ model, user: ours.person.id, messages: [{ role: 'user', content: 'Hello from a story.' }] });
  const first = (told['candidates'] as Json[]).find((each) => each['attempt'] === 1)!;
  const answer = await chat(standalone.gatewayUrl, ours.person.token, { model, ...more });
  return { told, said: [200, first['model'], first['provider']], done: factsOf(answer) };
}

describe('routing', () => {
  it('explains a call of a member to an admin by a credential of the member’s, with what it would cost at the prices of billing', async () => {
    const { told, said, done } = await eventually(() => saidAndDone('gpt-4o-mini'), ({ told: each }) => (each['candidates'] as Json[])[0]!['estimatedCostUsd'] !== null, 30_000);
    expect(done).toEqual(said);
    expect(told['candidates']).toEqual([
      expect.objectContaining({ keyId: ours.keyId, owner: { type: 'group', id: ours.groupId }, attempt: 1, reason: null, payer: 'owner', estimatedCostUsd: expect.stringMatching(/^0\.\d+$/) as string }),
      expect.objectContaining({ provider: 'anthropic', attempt: null, reason: 'model_not_served' }),
    ]);
  });

  it('chooses the cheapest model that is good enough for the task, of those that the keys reach', async () => {
    const { told, said, done } = await saidAndDone('auto:chat');
    expect(done).toEqual(said);
    expect(done[2]).toBe('openai');
    expect([told['task'], told['taskBecause']]).toEqual(['chat', 'the caller said so']);
  });

  it('follows a policy that was put, within five seconds and without a restart', async () => {
    await policy({ aliases: { house: 'claude-sonnet-5' }, tasks: { chat: ['claude-sonnet-5'] }, allowedProviders: ['anthropic'] });
    expect(factsOf(await eventually(() => chat(standalone.gatewayUrl, ours.person.token, { model: 'house' }), ({ status }) => status === 200, 5_000))).toEqual([200, 'claude-sonnet-5', 'anthropic']);
    expect((await saidAndDone('auto')).done).toEqual([200, 'claude-sonnet-5', 'anthropic']);
    const refused = await chat(standalone.gatewayUrl, ours.person.token);
    const told = await explain({ model: 'gpt-4o-mini', token: ours.person.tokenId });
    expect([refused.status, refused.body['error'].code]).toEqual([403, told['error'].code]);
    await policy({});
  });

  it('follows preferences of a user: their provider first, and a cap on what they did not limit themselves', async () => {
    const ann = await ours.world.session(ours.person);
    await ann.put('/api/me/preferences', { defaultProvider: 'anthropic', maxTokensPerRequest: 77 });
    upstream.reset();
    const answer = await eventually(() => chat(standalone.gatewayUrl, ours.person.token, { model: 'auto:code' }), ({ headers }) => headers.get('x-provider') === 'anthropic', 5_000);
    expect(answer.status).toBe(200);
    expect(JSON.parse(upstream.witness().at(-1)!.body)).toMatchObject({ max_tokens: 77 });
    expect((await chat(standalone.gatewayUrl, ours.person.token, { max_tokens: 78 })).status).toBe(400);
    await ann.put('/api/me/preferences', {});
  });
});
