import { createOrg, createToken, createUser, putMember } from '@byok/identity';
import { gatewayWorld, type GatewayWorld } from './gateway-world.suite.js';

const GOOD = 'sk-test-good-1234567890abcdef';
const chat = { model: 'openai/gpt-4o', messages: [{ role: 'user', content: 'Hello' }] };

interface Timed {
  status: number;
  ms: number;
}

describe('fair share of one key', () => {
  let world: GatewayWorld;
  let bobs: string;
  let strangers: string;
  beforeAll(async () => {
    world = await gatewayWorld();
    bobs = await world.db.transaction(async (tx) => {
      const bob = await createUser(tx, world.org.id, { email: 'bob@acme.test', name: 'Bob', role: 'member' });
      await putMember(tx, world.org.id, world.group.id, bob.id);
      return (await createToken(tx, world.org.id, { name: 'laptop', userId: bob.id, createdBy: bob.id })).text;
    });
    strangers = await world.db.transaction(async (tx) => {
      const org = await createOrg(tx, { name: 'Other', tier: 'enterprise' });
      const eve = await createUser(tx, org.id, { email: 'eve@other.test', name: 'Eve', role: 'member' });
      return (await createToken(tx, org.id, { name: 'laptop', userId: eve.id, createdBy: eve.id })).text;
    });
    await world.db.query('UPDATE identity.org SET platform_keys_granted = true');
  });
  afterAll(() => world.close());
  beforeEach(async () => {
    world.reset();
    world.vault.keys = [];
    // As the vault does when its keys change.
    await world.db.query(`SELECT pg_notify('byok_change', $1)`, [JSON.stringify({ org: 'platform', kind: 'key', id: 'key_all' })]);
    await pause(50);
  });

  const call = async (token: string): Promise<Timed> => {
    const startedAt = Date.now();
    const answer = await world.post('/v1/chat/completions', chat, { authorization: `Bearer ${token}` });
    await answer.arrayBuffer();
    return { status: answer.status, ms: Date.now() - startedAt };
  };
  const jobOf = (size: number): Promise<Timed[]> => Promise.all(Array.from({ length: size }, () => call(world.tokenText)));
  const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
  const oneByOne = async (token: string, count: number): Promise<Timed[]> => {
    const timed: Timed[] = [];
    for (let index = 0; index < count; index++) timed.push(await call(token));
    return timed;
  };

  it.each([
    ['a group', 'group', () => bobs],
    ['the platform, of another organisation', 'platform', () => strangers],
  ] as const)('H21 one job of 200 parallel calls does not starve the single calls of another member of %s', async (_, type, token) => {
    world.vault.hold({ provider: 'openai', secret: `${GOOD}-${type}`, owner: { type, id: type === 'group' ? world.group.id : 'platform' } });
    // 40 calls a second: the job alone takes about five.
    world.upstream.behave({ rateLimit: { requests: 20, refillMs: 500 } });
    await call(world.tokenText);
    const startedAt = Date.now();
    const job = jobOf(200);
    await pause(300);
    const singles = await oneByOne(token(), 6);
    const singlesMs = Date.now() - startedAt;
    const all = await job;
    const jobMs = Date.now() - startedAt;
    expect(singles.map(({ status }) => status)).toEqual(Array(6).fill(200));
    expect(Math.max(...singles.map(({ ms }) => ms))).toBeLessThan(600);
    expect(singlesMs).toBeLessThan(jobMs / 2);
    expect(all.filter(({ status }) => status === 200)).toHaveLength(200);
    expect(jobMs).toBeGreaterThan(3_500);
    expect(world.upstream.witness().filter((row) => row.status === 429)).toHaveLength(0);
  }, 30_000);

  it('lets no call wait on a key of one person, or on one whose provider leaves room', async () => {
    world.vault.hold({ provider: 'openai', secret: `${GOOD}-own`, owner: { type: 'user', id: world.user.id } });
    world.upstream.behave({ delayMs: 800 });
    const timed = await jobOf(40);
    expect(timed.every(({ status }) => status === 200)).toBe(true);
    // Had sixteen gone first, the others would have come after the first answer.
    expect(world.upstream.witness().at(-1)!.at - world.upstream.witness()[0]!.at).toBeLessThan(800);
  });

  it('forgets a caller who left while waiting', async () => {
    world.vault.hold({ provider: 'openai', secret: `${GOOD}-left`, owner: { type: 'group', id: world.group.id } });
    world.upstream.behave({ rateLimit: { requests: 2, refillMs: 2_000 } });
    await oneByOne(world.tokenText, 2);
    const leaving = AbortSignal.timeout(200);
    const gone = fetch(`${world.url}/v1/chat/completions`, { method: 'POST', signal: leaving, headers: { authorization: `Bearer ${world.tokenText}`, 'content-type': 'application/json' }, body: JSON.stringify(chat) });
    await pause(100);
    expect(world.gateway.deps.shares.waiting).toBe(1);
    await expect(gone).rejects.toThrow();
    await pause(100);
    expect(world.gateway.deps.shares.waiting).toBe(0);
    expect((await call(bobs)).status).toBe(200);
    expect(world.upstream.witness()).toHaveLength(3);
  });
});
