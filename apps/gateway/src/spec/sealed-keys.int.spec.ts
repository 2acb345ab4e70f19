import { notifyChange } from '@byok/platform';
import { gatewayWorld, type GatewayWorld } from './gateway-world.suite.js';

const chat = { model: 'gpt-4o-mini', messages: [{ role: 'user', content: 'Hello' }] };

describe('a key that is sealed', () => {
  let world: GatewayWorld;
  beforeAll(async () => {
    world = await gatewayWorld();
  });
  afterAll(() => world.close());

  const sealed = (id: string, cut: boolean) => world.db.transaction((tx) => notifyChange(tx, { org: world.org.id, kind: 'key', id, ...(cut ? { cut: true } : {}) }));

  const models = async (): Promise<unknown[]> => {
    const answer = await fetch(`${world.url}/v1/models`, { headers: { authorization: `Bearer ${world.tokenText}` } });
    return ((await answer.json()) as { data: unknown[] }).data;
  };

  it('has its running streams cut when that was asked for, those of other keys go on, and its next call is refused', async () => {
    const id = world.vault.hold({ provider: 'openai', secret: 'sk-test-good-1234567890abcdef', owner: { type: 'user', id: world.user.id } });
    world.upstream.behave({ textTokens: 5_000, betweenEventsMs: 10 });
    const answer = await world.post('/v1/chat/completions', { ...chat, stream: true });
    let isOver = false;
    const text = answer.text().then(() => 'whole', () => 'cut').finally(() => (isOver = true));
    await sealed('key_of_somebody_else', true);
    await sealed(id, false);
    // The notices before have been heard once a question asked after them is answered anew.
    world.vault.keys = [];
    while ((await models()).length > 0);
    const refused = await world.post('/v1/chat/completions', chat);
    expect(refused.status).toBeGreaterThanOrEqual(400);
    expect(isOver).toBe(false);
    await sealed(id, true);
    expect(await text).toBe('cut');
    expect((await world.usage(1))[0]).toMatchObject({ outcome: 'cut', keyId: id });
  });
});
