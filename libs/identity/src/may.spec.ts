import type { GroupId, OrgId, UserId } from '@byok/kernel';
import { may, mayAssignRole, mayGrantScopes, mayManageUser } from './may.js';
import { holdersOf, PERMISSIONS } from './permissions.js';
import type { Principal, Role } from './types.js';
import { ROLES } from './types.js';

const ORG: OrgId = 'org_1';
const OTHER_ORG: OrgId = 'org_2';
const ME: UserId = 'usr_1';
const SOMEBODY: UserId = 'usr_2';
const MINE: GroupId = 'grp_1';
const THEIRS: GroupId = 'grp_2';

function aPrincipal(change: Partial<Principal> = {}): Principal {
  return {
    orgId: ORG,
    userId: ME,
    tokenId: null,
    sessionId: 'ses_1',
    email: 'me@example.com',
    roles: ['member'],
    isOperator: false,
    groups: [],
    tokenGroup: null,
    allowedModels: [],
    orgPolicy: { platformCredits: 'when-no-key', aggregator: 'first', platformKeysGranted: false },
    managementScopes: [],
  settings: { token: {}, user: {}, groups: [], org: {} },
  hardBudgets: [],
    ...change,
  };
}
const withRole = (role: Role, change: Partial<Principal> = {}) => aPrincipal({ roles: [role], ...change });
const aToken = (change: Partial<Principal>) => aPrincipal({ tokenId: 'tok_1', sessionId: null, ...change });

describe('the permission matrix', () => {
  it('names a holder for every permission', () => {
    for (const permission of PERMISSIONS) expect(holdersOf(permission).length).toBeGreaterThan(0);
  });

  it.each(PERMISSIONS)('A01 never lets anybody but the operator do %s in another org', (permission) => {
    for (const role of ROLES) {
      const principal = withRole(role, { groups: [{ id: MINE, role: 'admin' }] });
      for (const owner of ['user', 'group', 'org'] as const) {
        expect(may(principal, permission, { org: OTHER_ORG, owner, user: ME, group: MINE })).toBe(false);
      }
    }
  });

  it('A13 keeps the operator out of the keys of tenants', () => {
    const operator = withRole('owner', { isOperator: true });
    for (const permission of ['key:create', 'key:read', 'key:update', 'key:test', 'key:delete'] as const) {
      expect(may(operator, permission, { org: OTHER_ORG, owner: 'org' })).toBe(false);
      expect(may(operator, permission, { org: OTHER_ORG, owner: 'group', group: THEIRS })).toBe(false);
      expect(may(operator, permission, { org: 'platform', owner: 'platform' })).toBe(true);
      expect(may(withRole('owner'), permission, { org: 'platform', owner: 'platform' })).toBe(false);
    }
  });

  it('lets a user bring a key of their own and of no one else', () => {
    expect(may(aPrincipal(), 'key:create', { org: ORG, owner: 'user', user: ME })).toBe(true);
    expect(may(aPrincipal(), 'key:create', { org: ORG, owner: 'user', user: SOMEBODY })).toBe(false);
    expect(may(withRole('owner'), 'key:create', { org: ORG, owner: 'user', user: SOMEBODY })).toBe(false);
    expect(may(withRole('owner'), 'key:delete', { org: ORG, owner: 'user', user: SOMEBODY })).toBe(true);
  });

  it('A06 lets a group admin manage that group only, and a member none', () => {
    const admin = aPrincipal({ groups: [{ id: MINE, role: 'admin' }] });
    const member = aPrincipal({ groups: [{ id: MINE, role: 'member' }] });
    for (const permission of ['key:create', 'member:update', 'token:create'] as const) {
      expect(may(admin, permission, { org: ORG, owner: 'group', group: MINE })).toBe(true);
      expect(may(admin, permission, { org: ORG, owner: 'group', group: THEIRS })).toBe(false);
      expect(may(member, permission, { org: ORG, owner: 'group', group: MINE })).toBe(false);
    }
    expect(may(member, 'key:read', { org: ORG, group: MINE })).toBe(true);
    expect(may(aPrincipal(), 'key:read', { org: ORG, group: MINE })).toBe(false);
  });

  it('gives billing the money and no key, and the auditor everything to read and nothing to change', () => {
    const billing = withRole('billing');
    expect(may(billing, 'invoice:read', { org: ORG })).toBe(true);
    expect(may(billing, 'budget:update', { org: ORG })).toBe(true);
    expect(may(billing, 'key:create', { org: ORG, owner: 'org' })).toBe(false);
    expect(may(billing, 'audit:read', { org: ORG })).toBe(false);
    const changing = PERMISSIONS.filter((permission) => /:(create|update|delete|rotate|grant|set-tier|freeze|test)$/.test(permission));
    expect(changing.filter((permission) => may(withRole('auditor'), permission, { org: ORG, owner: 'org' }))).toEqual([]);
    expect(may(withRole('auditor'), 'audit:read', { org: ORG })).toBe(true);
  });

  it('without a resource says whether the route is worth entering', () => {
    expect(may(aPrincipal(), 'key:create')).toBe(true);
    expect(may(aPrincipal(), 'member:update')).toBe(false);
    expect(may(aPrincipal({ groups: [{ id: MINE, role: 'admin' }] }), 'member:update')).toBe(true);
    expect(may(aPrincipal(), 'org:create')).toBe(false);
  });
});

describe('a token', () => {
  it('may do nothing but call models unless scopes were given', () => {
    const bare = aToken({ roles: ['owner'], isOperator: true });
    expect(PERMISSIONS.filter((permission) => may(bare, permission))).toEqual([]);
  });

  it('may do what its scopes name and its user may', () => {
    const token = aToken({ roles: ['member'], managementScopes: ['usage:read', 'audit:read'] });
    expect(may(token, 'usage:read', { org: ORG, user: ME })).toBe(true);
    expect(may(token, 'usage:read', { org: ORG })).toBe(false);
    expect(may(token, 'audit:read', { org: ORG })).toBe(false);
    expect(may(token, 'key:create', { org: ORG, user: ME })).toBe(false);
  });

  it('of a group service manages that group only', () => {
    const token = aToken({ userId: null, roles: [], tokenGroup: MINE, groups: [{ id: MINE, role: 'member' }], managementScopes: ['key:create', 'usage:read'] });
    expect(may(token, 'key:create', { org: ORG, owner: 'group', group: MINE })).toBe(true);
    expect(may(token, 'key:create', { org: ORG, owner: 'group', group: THEIRS })).toBe(false);
    expect(may(token, 'key:create', { org: ORG, owner: 'org' })).toBe(false);
    expect(may(token, 'usage:read', { org: ORG })).toBe(false);
  });

  it('of an org service does what its scopes name as an admin, never as owner or operator', () => {
    const token = aToken({ userId: null, roles: [], managementScopes: ['user:create', 'org:delete', 'org:create'] });
    expect(may(token, 'user:create', { org: ORG })).toBe(true);
    expect(may(token, 'user:create', { org: OTHER_ORG })).toBe(false);
    expect(may(token, 'org:delete', { org: ORG })).toBe(false);
    expect(may(token, 'org:create')).toBe(false);
    expect(mayAssignRole(token, 'owner')).toBe(false);
  });

  it('F13 cannot be made wider than its maker, nor by a narrower token', () => {
    expect(mayGrantScopes(withRole('admin'), ['usage:read', 'user:create'])).toBe(true);
    expect(mayGrantScopes(withRole('admin'), ['org:create'])).toBe(false);
    expect(mayGrantScopes(aPrincipal(), ['user:create'])).toBe(false);
    expect(mayGrantScopes(withRole('owner'), ['*'])).toBe(false);
    expect(mayGrantScopes(withRole('owner'), ['toString'])).toBe(false);
    const narrow = aToken({ roles: ['owner'], managementScopes: ['token:create'] });
    expect(mayGrantScopes(narrow, ['token:create'])).toBe(true);
    expect(mayGrantScopes(narrow, ['usage:read'])).toBe(false);
  });
});

describe('who stands above whom', () => {
  const member = { orgId: ORG, id: SOMEBODY, role: 'member', isOperator: false } as const;
  const owner = { ...member, role: 'owner' } as const;

  it('lets an admin neither make an owner nor change one', () => {
    expect(mayAssignRole(withRole('admin'), 'owner')).toBe(false);
    expect(mayAssignRole(withRole('admin'), 'admin')).toBe(true);
    expect(mayManageUser(withRole('admin'), member)).toBe(true);
    expect(mayManageUser(withRole('admin'), owner)).toBe(false);
    expect(mayManageUser(withRole('owner'), owner)).toBe(true);
  });

  it('lets an admin mint a token for a member but not for an owner, and everybody one for themselves', () => {
    expect(mayManageUser(withRole('admin'), member, 'token:create')).toBe(true);
    expect(mayManageUser(withRole('admin'), owner, 'token:create')).toBe(false);
    expect(mayManageUser(aPrincipal(), { ...member, id: ME }, 'token:create')).toBe(true);
    expect(mayManageUser(aPrincipal(), member, 'token:create')).toBe(false);
  });

  it('lets nobody of an org touch the operator', () => {
    expect(mayManageUser(withRole('owner'), { ...owner, isOperator: true })).toBe(false);
    expect(mayManageUser(withRole('owner', { isOperator: true }), { ...owner, isOperator: true })).toBe(true);
  });
});
