import { createToken, formatToken, revokeToken } from '@byok/identity';
import { setTimeout as pause } from 'node:timers/promises';
import { gatewayWorld, type GatewayWorld } from './gateway-world.suite.js';

let world: GatewayWorld;

beforeAll(async () => {
  world = await gatewayWorld();
  world.vault.hold({ provider: 'openai', secret: 'sk-denied-0001', owner: { type: 'org', id: world.org.id } });
});
afterAll(() => world.close());

const call = async (token: string, model = 'openai/gpt-4o-mini') => {
  const body = JSON.stringify({ model, messages: [{ role: 'user', content: 'hello' }] });
  return (await fetch(`${world.url}/v1/chat/completions`, { method: 'POST', headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` }, body })).status;
};
const counted = () => world.db.query<{ tokenId: string; code: string; count: string }>('SELECT token_id AS "tokenId", code, count FROM identity.denied_call WHERE org_id = $1 ORDER BY code', [world.org.id]);

describe('calls that are denied', () => {
  it('I04 are counted for the audit by token and reason; a wrong secret counts for nobody, and what is served is not counted', async () => {
    const aToken = () => world.db.transaction((tx) => createToken(tx, world.org.id, { name: 't', userId: world.user.id, createdBy: null, allowedModels: ['gpt-4o-mini'] }));
    const [narrow, ended] = [await aToken(), await aToken()];
    await world.db.transaction((tx) => revokeToken(tx, world.org.id, ended.token.id));
    expect([await call(narrow.text), await call(narrow.text, 'openai/gpt-4o'), await call(narrow.text, 'openai/gpt-4o')]).toEqual([200, 403, 403]);
    expect([await call(ended.text), await call(formatToken(narrow.token.id, Buffer.alloc(32, 7))), await call('byok_live_nonsense')]).toEqual([401, 401, 401]);
    let rows = await counted();
    for (let tries = 0; rows.length < 2 && tries < 100; tries++) {
      await pause(50);
      rows = await counted();
    }
    expect(rows).toEqual([
      { tokenId: narrow.token.id, code: 'model_not_allowed', count: '2' },
      { tokenId: ended.token.id, code: 'token_revoked', count: '1' },
    ]);
  });
});
