import { AppError } from '@byok/kernel';
import { notifyChange } from '@byok/platform';
import { gatewayWorld, type GatewayWorld } from './gateway-world.suite.js';

const chat = { model: 'openai/gpt-4o-mini', messages: [{ role: 'user', content: 'hi' }] };
const sealed = new AppError('org_sealed', 'An admin of this organisation has sealed its keys.');
let world: GatewayWorld;

beforeAll(async () => {
  world = await gatewayWorld();
  world.vault.hold({ provider: 'openai', secret: 'sk-test-good-1234567890abcdef', owner: { type: 'user', id: world.user.id } });
});
afterAll(() => world.close());

/** What the vault does and says when an admin seals the org. */
async function seal(): Promise<void> {
  world.vault.failure = world.vault.listFailure = sealed;
  await world.db.transaction((tx) => notifyChange(tx, { org: world.org.id, kind: 'org', id: world.org.id }));
}

async function answered(path: string, body: object): Promise<{ status: number; body: unknown }> {
  const answer = await world.post(path, body);
  return { status: answer.status, body: await answer.json() };
}

describe('an org that was sealed', () => {
  it('E17 has its running streams cut and its next calls refused, in each dialect, although its key was at hand', async () => {
    world.upstream.behave({ textTokens: 5_000, betweenEventsMs: 10 });
    const stream = await world.post('/v1/chat/completions', { ...chat, stream: true });
    const wholly = stream.text().then(() => true, () => false);
    await seal();
    expect(await wholly).toBe(false);
    expect(await answered('/v1/chat/completions', chat)).toEqual({ status: 423, body: { error: expect.objectContaining({ code: 'org_sealed', type: 'permission_error' }) } });
    expect(await answered('/v1/messages', { ...chat, max_tokens: 9 })).toEqual({ status: 423, body: expect.objectContaining({ error: expect.objectContaining({ type: 'permission_error', code: 'org_sealed' }) }) });
    expect(await answered('/v1beta/models/openai%2Fgpt-4o-mini:generateContent', { contents: [{ role: 'user', parts: [{ text: 'hi' }] }] })).toEqual({ status: 423, body: { error: expect.objectContaining({ status: 'FAILED_PRECONDITION' }) } });
    expect(await answered('/api/inference', { provider: 'openai', model: 'gpt-4o-mini', prompt: 'hi' })).toEqual({ status: 423, body: expect.objectContaining({ success: false, code: 'org_sealed' }) });
  });

  it('is served again as soon as it is unsealed', async () => {
    world.upstream.behave({});
    world.vault.failure = world.vault.listFailure = undefined;
    await world.db.transaction((tx) => notifyChange(tx, { org: world.org.id, kind: 'org', id: world.org.id }));
    expect((await world.post('/v1/chat/completions', chat)).status).toBe(200);
  });
});

describe('an org that holds its own KEK', () => {
  it('E17 has no key used beyond the time that the vault gave, though the vault be away', async () => {
    world.vault.keepMs = 1;
    await world.db.transaction((tx) => notifyChange(tx, { org: world.org.id, kind: 'org', id: world.org.id }));
    let before = world.vault.opened.length;
    // The notice may arrive after a call or two.
    for (let calls = 0; world.vault.opened.length === before && calls < 100; calls += 1) expect((await world.post('/v1/chat/completions', chat)).status).toBe(200);
    before = world.vault.opened.length;
    for (const _ of [1, 2]) expect((await world.post('/v1/chat/completions', chat)).status).toBe(200);
    expect(world.vault.opened.length).toBe(before + 2);
    world.vault.failure = new AppError('key_unavailable', 'The KMS refuses its KEK.');
    expect((await world.post('/v1/chat/completions', chat)).status).toBe(503);
    world.vault.failure = new AppError('service_unavailable', 'The vault is away.');
    expect((await world.post('/v1/chat/completions', chat)).status).toBe(503);
  });
});
