import { generateKeyPairSync } from 'node:crypto';
import type { TokenId } from '@byok/kernel';
import { createLog, EVERY_ORG, openDatabase } from '@byok/platform';
import type { Database } from '@byok/platform';
import { testDatabase } from '@byok/testing';
import type { TestDatabase } from '@byok/testing';
import { authenticate, authenticateToken } from './authenticate.js';
import { principalOfSession, principalOfToken } from './principal-of.js';
import { isRefusal, principalOrThrow } from './principal-row.js';
import { issueSessionToken } from './session-token.js';
import { deleteGroup } from './store/groups.store.js';
import { putMember, removeMember } from './store/members.store.js';
import { deleteOrg, updateOrg } from './store/orgs.store.js';
import { revokeSession } from './store/sessions.store.js';
import { createToken, revokeToken, rotateToken } from './store/tokens.store.js';
import type { TokenInput } from './store/tokens.store.js';
import { seedOrg } from './store/two-orgs.builder.js';
import type { Seeded } from './store/two-orgs.builder.js';
import { updateUser } from './store/users.store.js';
import { formatToken, newToken } from './token-text.js';

let test: TestDatabase;
let admin: Database;
let gateway: Database;
let vault: Database;
let seeded: Seeded;
let number = 0;
const clock = { now: () => Date.now() };
const { privateKey, publicKey } = generateKeyPairSync('ed25519');

beforeAll(async () => {
  test = await testDatabase();
  const open = (role: 'admin' | 'gateway' | 'vault') => openDatabase({ url: test.url(role), applicationName: 'identity-test', log: createLog('test', 'silent'), scope: EVERY_ORG });
  [admin, gateway, vault] = await Promise.all([open('admin'), open('gateway'), open('vault')]);
});
beforeEach(async () => {
  seeded = await seedOrg(admin, `org${(number += 1)}`);
});
afterAll(async () => {
  await Promise.all([admin.close(), gateway.close(), vault.close()]);
  await test.close();
});

const aToken = (input: Partial<TokenInput>) => admin.transaction((tx) => createToken(tx, seeded.org.id, { name: 'test', createdBy: null, ...input }));
const inVault = async (tokenId: TokenId) => principalOrThrow(await principalOfToken(vault, tokenId, clock));
const expectRefused = (text: string, code: string) => expect(authenticateToken(gateway, text, clock)).rejects.toMatchObject({ code });

describe('a token', () => {
  it('stands for its user with their groups and the policy of the org, in the gateway and in the vault alike', async () => {
    const principal = await authenticateToken(gateway, seeded.tokenText, clock);
    expect(principal).toEqual({
      orgId: seeded.org.id,
      userId: seeded.user.id,
      tokenId: seeded.token.id,
      sessionId: null,
      email: seeded.user.email,
      roles: [],
      isOperator: false,
      groups: [{ id: seeded.group.id, role: 'member' }],
      tokenGroup: null,
      allowedModels: [],
      orgPolicy: { platformCredits: 'when-no-key', aggregator: 'first', platformKeysGranted: false },
      managementScopes: [],
      settings: { token: {}, user: {}, groups: [{ id: seeded.group.id, settings: {} }], org: {} },
      hardBudgets: [],
    });
    expect(await inVault(seeded.token.id)).toEqual(principal);
  });

  it('is refused when one character is wrong, even with a checksum that fits', async () => {
    const text = seeded.tokenText;
    for (const place of [10, 41, 43, 60, 85, 91]) {
      const other = text[place] === '1' ? '2' : '1';
      await expectRefused(text.slice(0, place) + other + text.slice(place + 1), 'token_invalid');
    }
    await expectRefused(formatToken(seeded.token.id, Buffer.alloc(32, 7)), 'token_invalid');
    await expectRefused(newToken().text, 'token_invalid');
    await expectRefused('', 'token_invalid');
  });

  it('F11 never stands for the principal of another that begins alike', async () => {
    const lastDigit = seeded.token.id.endsWith('0') ? '1' : '0';
    const twin = newToken(`${seeded.token.id.slice(0, -1)}${lastDigit}` as TokenId);
    await admin.query('INSERT INTO identity.token (id, org_id, user_id, name, hash) VALUES ($1, $2, $3, $4, $5)', [twin.id, seeded.org.id, seeded.owner.id, 'twin', twin.hash]);
    expect(twin.text.slice(0, 41)).toBe(seeded.tokenText.slice(0, 41));
    expect((await authenticateToken(gateway, twin.text, clock)).userId).toBe(seeded.owner.id);
    expect((await authenticateToken(gateway, seeded.tokenText, clock)).userId).toBe(seeded.user.id);
  });

  it('A07 loses the group that its user left, and the keys that go with it', async () => {
    await admin.transaction((tx) => removeMember(tx, seeded.org.id, seeded.group.id, seeded.user.id));
    expect((await authenticateToken(gateway, seeded.tokenText, clock)).groups).toEqual([]);
    expect((await inVault(seeded.token.id)).groups).toEqual([]);
  });

  it('A07 narrowed to a group is refused once its user has left it', async () => {
    const { text, token } = await aToken({ userId: seeded.user.id, groupId: seeded.group.id });
    expect(await authenticateToken(gateway, text, clock)).toMatchObject({ tokenGroup: seeded.group.id, groups: [{ id: seeded.group.id, role: 'member' }] });
    await admin.transaction((tx) => removeMember(tx, seeded.org.id, seeded.group.id, seeded.user.id));
    await expectRefused(text, 'forbidden');
    expect(await principalOfToken(vault, token.id, clock)).toMatchObject({ refused: 'forbidden' });
  });

  it('loses a group that was deleted, and ends with the group it serves', async () => {
    const service = await aToken({ groupId: seeded.group.id });
    expect(await authenticateToken(gateway, service.text, clock)).toMatchObject({ userId: null, roles: [], groups: [{ id: seeded.group.id, role: 'member' }] });
    await admin.transaction((tx) => deleteGroup(tx, seeded.org.id, seeded.group.id));
    expect((await authenticateToken(gateway, seeded.tokenText, clock)).groups).toEqual([]);
    await expectRefused(service.text, 'token_revoked');
  });

  it('carries a role only with management scopes, and in a group manages nothing without', async () => {
    await admin.transaction((tx) => putMember(tx, seeded.org.id, seeded.group.id, seeded.owner.id, 'admin'));
    const bare = await aToken({ userId: seeded.owner.id });
    expect(await inVault(bare.token.id)).toMatchObject({ roles: [], groups: [{ role: 'member' }] });
    const scoped = await aToken({ userId: seeded.owner.id, managementScopes: ['key:create'] });
    expect(await inVault(scoped.token.id)).toMatchObject({ roles: ['owner'], groups: [{ role: 'admin' }], managementScopes: ['key:create'] });
    const narrowed = await aToken({ userId: seeded.owner.id, groupId: seeded.group.id, managementScopes: ['key:create'] });
    expect(await inVault(narrowed.token.id)).toMatchObject({ roles: [], groups: [{ role: 'admin' }] });
  });

  it('ends when revoked, expired or rotated', async () => {
    const brief = await aToken({ userId: seeded.user.id, expiresAt: new Date(Date.now() + 60_000), allowedModels: ['openai/gpt-4o'] });
    expect((await authenticateToken(gateway, brief.text, clock)).allowedModels).toEqual(['openai/gpt-4o']);
    await expect(authenticateToken(gateway, brief.text, { now: () => Date.now() + 60_001 })).rejects.toMatchObject({ code: 'token_expired' });

    const rotated = await admin.transaction((tx) => rotateToken(tx, seeded.org.id, seeded.token.id));
    await expectRefused(seeded.tokenText, 'token_invalid');
    expect((await authenticateToken(gateway, rotated.text, clock)).tokenId).toBe(seeded.token.id);

    await admin.transaction((tx) => revokeToken(tx, seeded.org.id, seeded.token.id));
    await expectRefused(rotated.text, 'token_revoked');
    // Who does not hold the secret is not even told that the token was revoked.
    await expectRefused(seeded.tokenText, 'token_invalid');
    await expect(admin.transaction((tx) => rotateToken(tx, seeded.org.id, seeded.token.id))).rejects.toMatchObject({ code: 'not_found' });
  });
});

describe('A08 a credential', () => {
  const refusedNow = async (tokenCode: string, sessionCode: string) => {
    await expectRefused(seeded.tokenText, tokenCode);
    expect(await principalOfSession(gateway, seeded.session.id, clock)).toMatchObject({ refused: sessionCode });
    expect(isRefusal(await principalOfToken(vault, seeded.token.id, clock))).toBe(true);
    expect(isRefusal(await principalOfSession(vault, seeded.session.id, clock))).toBe(true);
  };

  it('stops when its user is disabled', async () => {
    await admin.transaction((tx) => updateUser(tx, seeded.org.id, seeded.user.id, { status: 'disabled' }));
    await refusedNow('token_revoked', 'unauthenticated');
  });

  it('stops while its org is frozen and works again after', async () => {
    await admin.transaction((tx) => updateOrg(tx, seeded.org.id, { status: 'frozen' }));
    await refusedNow('org_frozen', 'org_frozen');
    await admin.transaction((tx) => updateOrg(tx, seeded.org.id, { status: 'active' }));
    expect((await authenticateToken(gateway, seeded.tokenText, clock)).userId).toBe(seeded.user.id);
  });

  it('stops with its org', async () => {
    await admin.transaction((tx) => deleteOrg(tx, seeded.org.id));
    await refusedNow('token_revoked', 'unauthenticated');
    const service = await principalOfToken(vault, newToken().id, clock);
    expect(service).toMatchObject({ refused: 'token_invalid' });
  });
});

describe('a session', () => {
  const deps = () => ({ db: gateway, clock, sessionVerifyKey: publicKey });
  const access = (change: object = {}) => issueSessionToken(privateKey, { userId: seeded.user.id, sessionId: seeded.session.id, orgId: seeded.org.id, ...change }, clock);

  it('stands for its user with their role', async () => {
    expect(await authenticate(deps(), await access())).toMatchObject({ userId: seeded.user.id, tokenId: null, sessionId: seeded.session.id, roles: ['member'], groups: [{ id: seeded.group.id }] });
    expect((await authenticate(deps(), seeded.tokenText)).tokenId).toBe(seeded.token.id);
  });

  it('F24 is over at once when revoked, long before its access token', async () => {
    const jwt = await access();
    await admin.transaction((tx) => revokeSession(tx, seeded.org.id, seeded.session.id));
    await expect(authenticate(deps(), jwt)).rejects.toMatchObject({ code: 'unauthenticated' });
  });

  it('is refused when its token names another user or org than the database', async () => {
    await expect(authenticate(deps(), await access({ userId: seeded.owner.id }))).rejects.toMatchObject({ code: 'unauthenticated' });
    const other = await seedOrg(admin, `org${(number += 1)}`);
    await expect(authenticate(deps(), await access({ orgId: other.org.id }))).rejects.toMatchObject({ code: 'unauthenticated' });
  });
});
