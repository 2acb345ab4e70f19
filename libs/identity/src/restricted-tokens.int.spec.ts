import type { AppError, GroupId } from '@byok/kernel';
import { createLog, openDatabase, type Database } from '@byok/platform';
import { testDatabase, type TestDatabase } from '@byok/testing';
import { authenticateToken } from './authenticate.js';
import { principalOfToken } from './principal-of.js';
import { principalOrThrow } from './principal-row.js';
import { refuseElsewhere } from './refuse-elsewhere.js';
import { createGroup } from './store/groups.store.js';
import { putMember } from './store/members.store.js';
import { createToken, endOverlap, findTokenByText, rotateToken, type TokenInput } from './store/tokens.store.js';
import { seedOrg, type Seeded } from './store/two-orgs.builder.js';

let test: TestDatabase;
let admin: Database;
let gateway: Database;
let vault: Database;
let seeded: Seeded;
let second: GroupId;
const clock = { now: () => Date.now() };
const in5s = () => new Date(Date.now() + 5_000);

beforeAll(async () => {
  test = await testDatabase();
  const open = async (role: 'admin' | 'gateway' | 'vault') => (await openDatabase({ url: test.url(role), applicationName: 'identity-test', log: createLog('test', 'silent') })).acrossOrgs();
  [admin, gateway, vault] = await Promise.all([open('admin'), open('gateway'), open('vault')]);
  seeded = await seedOrg(admin, 'restricted');
  second = await admin.transaction(async (tx) => {
    const group = await createGroup(tx, seeded.org.id, { name: 'Second' });
    await putMember(tx, seeded.org.id, group.id, seeded.user.id, 'admin');
    return group.id;
  });
});
afterAll(async () => {
  await Promise.all([admin.close(), gateway.close(), vault.close()]);
  await test.close();
});

const aToken = (input: Partial<TokenInput>) => admin.transaction((tx) => createToken(tx, seeded.org.id, { name: 'test', createdBy: null, userId: seeded.user.id, ...input }));
const codeOf = (work: () => unknown) => {
  try {
    work();
    return 'in';
  } catch (error) {
    return (error as AppError).code;
  }
};

describe('a restricted token', () => {
  it('carries what it is narrowed to, for the gateway and the vault alike; one that is not carries nothing', async () => {
    const { text, token } = await aToken({ allowedProviders: ['openai'], allowedGroups: [seeded.group.id], allowedNetworks: ['10.0.0.0/8'] });
    const principal = await authenticateToken(gateway, text, clock);
    expect(principal.restrictions).toEqual({ providers: ['openai'], groups: [seeded.group.id], networks: ['10.0.0.0/8'], expiresAt: null });
    expect(principalOrThrow(await principalOfToken(vault, token.id, clock))).toEqual(principal);
    expect(await authenticateToken(gateway, (await aToken({})).text, clock)).not.toHaveProperty('restrictions');
  });

  it('A14 acts in the groups it names alone, and never in one that its user is not in', async () => {
    const groupsOf = async (allowedGroups: string[]) => (await authenticateToken(gateway, (await aToken({ allowedGroups })).text, clock)).groups.map(({ id }) => id);
    expect(await groupsOf([])).toEqual([seeded.group.id, second].sort());
    expect(await groupsOf([second])).toEqual([second]);
    const foreign = await admin.transaction((tx) => createGroup(tx, seeded.org.id, { name: 'Foreign' }));
    expect(await groupsOf([foreign.id])).toEqual([]);
  });

  it('A14 carries no role of the org when it acts in some groups alone', async () => {
    const rolesOf = async (allowedGroups: string[]) => (await authenticateToken(gateway, (await aToken({ userId: seeded.owner.id, managementScopes: ['user:create'], allowedGroups })).text, clock)).roles;
    expect([await rolesOf([]), await rolesOf([seeded.group.id])]).toEqual([['owner'], []]);
  });

  it('keeps the settings of all its user’s groups: leaving a group’s keys out does not lift its limits', async () => {
    const { settings } = await authenticateToken(gateway, (await aToken({ allowedGroups: [second] })).text, clock);
    expect(settings.groups.map(({ id }) => id)).toEqual([seeded.group.id, second].sort());
  });

  it('works from its networks alone, and not from an address that nobody can read', () => {
    const restrictions = { providers: [], groups: [], networks: ['10.0.0.0/8', '2001:db8::/32'], expiresAt: null };
    const from = (address: string) => codeOf(() => refuseElsewhere({ restrictions }, () => address, clock));
    expect(['10.9.9.9', '::ffff:10.9.9.9', '2001:db8::1'].map(from)).toEqual(['in', 'in', 'in']);
    expect(['11.9.9.9', '', 'unknown', '2001:db9::1'].map(from)).toEqual(Array(4).fill('address_not_allowed'));
    expect(codeOf(() => refuseElsewhere({ restrictions: { ...restrictions, networks: ['no network'] } }, () => '10.0.0.1', clock))).toBe('address_not_allowed');
  });

  it('ends on time however long its principal was remembered', () => {
    const restrictions = { providers: [], groups: [], networks: [], expiresAt: new Date(1_000) };
    expect([999, 1_000].map((now) => codeOf(() => refuseElsewhere({ restrictions }, () => '', { now: () => now })))).toEqual(['in', 'token_expired']);
  });
});

describe('rotating with overlap', () => {
  it('leaves the old secret until then and no longer, as the same token', async () => {
    const { text, token } = await aToken({});
    const until = in5s();
    const rotated = await admin.transaction((tx) => rotateToken(tx, seeded.org.id, token.id, until));
    expect(rotated.token.previousUntil).toEqual(until);
    const [old, fresh] = await Promise.all([authenticateToken(gateway, text, clock), authenticateToken(gateway, rotated.text, clock)]);
    expect([old.tokenId, fresh.tokenId]).toEqual([token.id, token.id]);
    expect(old.restrictions?.expiresAt).toEqual(until);
    expect(fresh).not.toHaveProperty('restrictions');
    await expect(authenticateToken(gateway, text, { now: () => until.getTime() })).rejects.toMatchObject({ code: 'token_invalid' });
  });

  it('a second rotation stops the first secret at once, and one without overlap both', async () => {
    const { text, token } = await aToken({});
    const rotate = (until: Date | null) => admin.transaction((tx) => rotateToken(tx, seeded.org.id, token.id, until));
    const second = (await rotate(in5s())).text;
    const third = (await rotate(in5s())).text;
    await expect(authenticateToken(gateway, text, clock)).rejects.toMatchObject({ code: 'token_invalid' });
    expect((await authenticateToken(gateway, second, clock)).tokenId).toBe(token.id);
    await rotate(null);
    for (const ended of [second, third]) await expect(authenticateToken(gateway, ended, clock)).rejects.toMatchObject({ code: 'token_invalid' });
  });

  it('never lets the old secret outlive the token', async () => {
    const expiresAt = new Date(Date.now() + 60_000);
    const { text, token } = await aToken({ expiresAt });
    await admin.transaction((tx) => rotateToken(tx, seeded.org.id, token.id, new Date(Date.now() + 3_600_000)));
    expect((await authenticateToken(gateway, text, clock)).restrictions?.expiresAt).toEqual(expiresAt);
  });
});

describe('a token that somebody found', () => {
  it('is told by its text: the present secret, the one before while it works, and nothing else', async () => {
    const { text, token } = await aToken({});
    const { text: next } = await admin.transaction((tx) => rotateToken(tx, seeded.org.id, token.id, in5s()));
    expect(await findTokenByText(admin, next, clock)).toMatchObject({ token: { id: token.id }, isPrevious: false });
    expect(await findTokenByText(admin, text, clock)).toMatchObject({ token: { id: token.id }, isPrevious: true });
    expect(await findTokenByText(admin, next.slice(0, -1) + (next.endsWith('0') ? '1' : '0'), clock)).toBeUndefined();
    await admin.transaction((tx) => endOverlap(tx, seeded.org.id, token.id));
    expect(await findTokenByText(admin, text, clock)).toBeUndefined();
    await expect(authenticateToken(gateway, text, clock)).rejects.toMatchObject({ code: 'token_invalid' });
  });
});
