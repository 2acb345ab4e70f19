import { createToken, formatToken, rotateToken, type TokenInput } from '@byok/identity';
import { gatewayWorld, type GatewayWorld } from './gateway-world.suite.js';

let world: GatewayWorld;

beforeAll(async () => {
  world = await gatewayWorld({ TRUSTED_PROXIES: '127.0.0.1' });
  world.vault.hold({ provider: 'openai', secret: 'sk-restricted-0001', owner: { type: 'org', id: world.org.id } });
  world.vault.hold({ provider: 'openrouter', secret: 'sk-or-restricted-0001', owner: { type: 'org', id: world.org.id } });
});
afterAll(() => world.close());

const aToken = (input: Partial<TokenInput>) => world.db.transaction((tx) => createToken(tx, world.org.id, { name: 'restricted', userId: world.user.id, createdBy: null, ...input }));
const chat = { model: 'openai/gpt-4o-mini', messages: [{ role: 'user', content: 'hello' }] };
const call = async (headers: Record<string, string>, query = '') => {
  const answer = await fetch(`${world.url}/v1/chat/completions${query}`, { method: 'POST', headers: { 'content-type': 'application/json', ...headers }, body: JSON.stringify(chat) });
  const body = (await answer.json()) as { error?: { code?: string } };
  return { status: answer.status, code: body.error?.code, provider: answer.headers.get('x-provider') };
};
const bearer = (token: string, from?: string) => ({ authorization: `Bearer ${token}`, ...(from ? { 'x-forwarded-for': from } : {}) });
const ways = (token: string): [Record<string, string>, string?][] => [[bearer(token)], [{ 'x-api-key': token }], [{ 'api-key': token }], [{ 'x-goog-api-key': token }], [{}, `?key=${token}`]];

describe('a restricted token', () => {
  it('F12 is as restricted however it is presented, and two different ones at once are refused', async () => {
    const { text } = await aToken({ allowedNetworks: ['203.0.113.0/24'] });
    for (const [headers, query] of ways(text)) {
      expect([headers, await call(headers, query)]).toEqual([headers, expect.objectContaining({ status: 403, code: 'address_not_allowed' })]);
      expect([headers, (await call({ ...headers, 'x-forwarded-for': '203.0.113.7' }, query)).status]).toEqual([headers, 200]);
    }
    const { text: other } = await aToken({});
    for (const [headers, query] of ways(other).slice(1)) expect(await call({ ...bearer(text, '203.0.113.7'), ...headers }, query)).toMatchObject({ status: 400, code: 'two_credentials' });
    expect((await call({ cookie: `token=${other}` })).status).toBe(401);
  });

  it('F20 counts what a trusted proxy says of the address, and nothing that the client wrote in front of it', async () => {
    const { text } = await aToken({ allowedNetworks: ['203.0.113.0/24'] });
    expect((await call(bearer(text, '203.0.113.7, 198.51.100.9'))).code).toBe('address_not_allowed');
    expect((await call(bearer(text, '198.51.100.9, 203.0.113.7'))).status).toBe(200);
  });

  it('A14 uses keys of its providers alone, and does not fall back to another', async () => {
    expect((await call(bearer((await aToken({ allowedProviders: ['openrouter'] })).text))).provider).toBe('openrouter');
    expect((await call(bearer((await aToken({ allowedProviders: ['openai'] })).text))).provider).toBe('openai');
    expect((await call(bearer((await aToken({ allowedProviders: ['anthropic'] })).text))).status).toBe(403);
    const list = await fetch(`${world.url}/v1/models`, { headers: bearer((await aToken({ allowedProviders: ['anthropic'] })).text) });
    expect(((await list.json()) as { data: unknown[] }).data).toEqual([]);
  });

  it('works with both secrets while a rotation overlaps', async () => {
    const { token, text } = await aToken({});
    const { text: next } = await world.db.transaction((tx) => rotateToken(tx, world.org.id, token.id, new Date(Date.now() + 3_600_000)));
    expect([(await call(bearer(text))).status, (await call(bearer(next))).status]).toEqual([200, 200]);
  });

  it('F20 is looked up no more after too many wrong secrets from one address; elsewhere it goes on', async () => {
    const { token, text } = await aToken({});
    const guess = (number: number) => call(bearer(formatToken(token.id, Buffer.alloc(32, number)), '198.51.100.9'));
    for (let number = 0; number < 20; number += 1) expect((await guess(number)).code).toBe('token_invalid');
    expect(await guess(99)).toMatchObject({ status: 429, code: 'too_many_attempts' });
    expect((await call(bearer(text, '198.51.100.10'))).status).toBe(200);
  });
});
