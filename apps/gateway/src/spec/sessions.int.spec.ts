import { generateKeyPairSync } from 'node:crypto';
import { createSession, createUser, hashPassword, issueSessionToken, setPassword, updateUser, type Tx, type User } from '@byok/identity';
import { systemClock } from '@byok/platform';
import { gatewayWorld, type GatewayWorld } from './gateway-world.suite.js';

const { privateKey, publicKey } = generateKeyPairSync('ed25519');
const chat = { model: 'openai/gpt-4o-mini', messages: [{ role: 'user', content: 'hello' }] };
let world: GatewayWorld;
let number = 0;

beforeAll(async () => {
  world = await gatewayWorld({ SESSION_PUBLIC_KEY: publicKey.export({ type: 'spki', format: 'pem' }) });
  world.vault.hold({ provider: 'openai', secret: 'sk-of-the-org-0001', owner: { type: 'org', id: world.org.id } });
});
afterAll(() => world.close());

describe('F24 a session at the gateway', () => {
  it.each<[string, (tx: Tx, user: User) => Promise<unknown>]>([
    ['role', (tx, user) => updateUser(tx, world.org.id, user.id, { role: 'auditor' })],
    ['status', (tx, user) => updateUser(tx, world.org.id, user.id, { status: 'disabled' })],
    ['password', async (tx, user) => setPassword(tx, world.org.id, user.id, await hashPassword('a new long password'))],
  ])('is over within seconds of another %s, although it is remembered and its access token is good for a quarter of an hour', async (_, change) => {
    const { user, session } = await world.db.transaction(async (tx) => {
      const made = await createUser(tx as Tx, world.org.id, { email: `s${(number += 1)}@acme.test`, name: 'S', role: 'member' });
      return { user: made, session: (await createSession(tx as Tx, world.org.id, made.id, systemClock)).session };
    });
    const jwt = await issueSessionToken(privateKey, { userId: user.id, sessionId: session.id, orgId: world.org.id }, systemClock);
    const call = async (): Promise<number> => (await world.post('/v1/chat/completions', chat, { authorization: `Bearer ${jwt}` })).status;
    expect(await call()).toBe(200);
    await world.db.transaction((tx) => change(tx as Tx, user));
    const until = Date.now() + 30_000;
    let status = await call();
    while (status === 200 && Date.now() < until) status = await call();
    expect(status).toBe(401);
  });
});
