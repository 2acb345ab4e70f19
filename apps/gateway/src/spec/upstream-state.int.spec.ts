import { createLog, EVERY_ORG, openDatabase } from '@byok/platform';
import { handleOf } from '../state/named-handles.js';
import { openUpstreamState } from '../state/upstream-state.js';
import { gatewayWorld, type GatewayWorld } from './gateway-world.suite.js';

const FIRST = 'sk-test-first-1234567890abcdef';
const SECOND = 'sk-test-second-1234567890abcde';

describe('what a provider keeps between calls', () => {
  let world: GatewayWorld;
  beforeAll(async () => {
    world = await gatewayWorld({ CACHE_FRESH_MS: 1, CACHE_STALE_MS: 1, KEY_FRESH_MS: 1 });
  });
  afterAll(() => world.close());
  beforeEach(() => {
    world.reset();
    world.vault.keys = [];
  });
  const ofGroup = (): { type: 'group'; id: string } => ({ type: 'group', id: world.group.id });
  const ofUser = (): { type: 'user'; id: string } => ({ type: 'user', id: world.user.id });
  const ask = (body: object = {}): Promise<Response> => world.post('/v1/responses', { model: 'gpt-4o', input: 'Hello', ...body });
  const idOf = async (answer: Response): Promise<string> => /"id":\s*"(resp_[^"]+)"/.exec(await answer.text())![1]!;
  const usedKeys = (): (string | null)[] => world.upstream.witness().filter((row) => row.method === 'POST').map((row) => row.key);

  it.each([false, true])('stays with the key that made it, although another key comes first by then (stream: %s)', async (stream) => {
    world.vault.hold({ provider: 'openai', secret: FIRST, owner: ofGroup() });
    const id = await idOf(await ask({ stream }));
    world.vault.hold({ provider: 'openai', secret: SECOND, owner: ofUser() });
    await (await ask()).text();
    expect((await ask({ previous_response_id: id })).status).toBe(200);
    expect(usedKeys()).toEqual([FIRST, SECOND, FIRST]);
  });

  it('A10 is refused with 409 when that key is gone, and no other key is asked', async () => {
    world.vault.hold({ provider: 'openai', secret: FIRST, owner: ofGroup() });
    const id = await idOf(await ask());
    world.vault.keys = [];
    world.vault.hold({ provider: 'openai', secret: SECOND, owner: ofGroup() });
    const answer = await ask({ previous_response_id: id });
    expect(answer.status).toBe(409);
    expect(await answer.json()).toMatchObject({ error: { code: 'state_not_found' } });
    expect(usedKeys()).toEqual([FIRST]);
  });

  it('goes to the first key alone when it was made elsewhere, and never to a platform key', async () => {
    world.vault.hold({ provider: 'openai', secret: 'sk-bad-first-1234567890abcdef', owner: ofUser() });
    world.vault.hold({ provider: 'openai', secret: SECOND, owner: ofGroup() });
    expect((await ask({ previous_response_id: 'resp_made_past_us' })).status).toBe(502);
    expect(usedKeys()).toEqual(['sk-bad-first-1234567890abcdef']);

    world.reset();
    world.vault.keys = [];
    world.vault.hold({ provider: 'openai', secret: FIRST, owner: { type: 'platform', id: 'platform' } });
    await world.db.query('UPDATE identity.org SET platform_keys_granted = true WHERE id = $1', [world.org.id]);
    expect((await ask()).status).toBe(200);
    expect((await ask({ previous_response_id: 'resp_of_another_organisation' })).status).toBe(409);
    expect(usedKeys()).toEqual([FIRST]);
  });

  it('A10 is known to every gateway on the same database, to its holder alone, and by a hash', async () => {
    const keyId = world.vault.hold({ provider: 'openai', secret: FIRST, owner: ofGroup() });
    const id = await idOf(await ask());
    const log = createLog('test', 'error');
    const db = await openDatabase({ url: world.database.url('gateway'), applicationName: 'test', log, scope: EVERY_ORG });
    const elsewhere = openUpstreamState(db, log);
    const holder = { orgId: world.org.id, userId: world.user.id, tokenGroup: null } as Parameters<typeof elsewhere.keyOf>[0];
    const sought = async (): Promise<string | undefined> => elsewhere.keyOf(holder, handleOf(id));
    for (let waited = 0; waited < 3_000 && (await sought()) === undefined; waited += 20) await new Promise((resolve) => setTimeout(resolve, 20));
    expect(await sought()).toBe(keyId);
    expect(await elsewhere.keyOf({ ...holder, userId: 'usr_other' } as typeof holder, handleOf(id))).toBeUndefined();
    expect(await elsewhere.keyOf({ ...holder, orgId: 'org_other' } as typeof holder, handleOf(id))).toBeUndefined();
    await elsewhere.close();
    await db.close();
  });
});
