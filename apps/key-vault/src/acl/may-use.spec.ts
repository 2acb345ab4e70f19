import type { Principal } from '@byok/identity';
import type { GroupId, OrgId, UserId } from '@byok/kernel';

import { mayUse } from './may-use.js';

const org = 'org_a' as OrgId;
const [ann, bob] = ['usr_ann', 'usr_bob'] as [UserId, UserId];
const [dev, ops] = ['grp_dev', 'grp_ops'] as [GroupId, GroupId];

const aPrincipal = (over: Partial<Principal> = {}): Principal => ({
  ...{ orgId: org, userId: ann, tokenId: null, sessionId: null, email: null, roles: ['member'], isOperator: false, tokenGroup: null, allowedModels: [], managementScopes: [],
  settings: { token: {}, user: {}, groups: [], org: {} },
  hardBudgets: [] },
  groups: [{ id: dev, role: 'member' }],
  orgPolicy: { platformCredits: 'when-no-key', aggregator: 'first', platformKeysGranted: false },
  ...over,
});
const aService = aPrincipal({ userId: null, roles: [] });
const anAdmin = aPrincipal({ roles: ['owner', 'admin'], isOperator: true, groups: [] });
type Key = Parameters<typeof mayUse>[1];
const aKey = (ownerType: Key['ownerType'], ownerId: string, over: Partial<Key> = {}): Key => ({ orgId: org, ownerType, ownerId, allowedUsers: [], ...over });

describe('A14 who may use a key', () => {
  it.each<[string, Principal, Key, boolean]>([
    ['a user their own key', aPrincipal(), aKey('user', ann), true],
    ['a user somebody else\'s key', aPrincipal(), aKey('user', bob), false],
    ['a service a user\'s key', aService, aKey('user', ann), false],
    ['a member the group\'s key', aPrincipal(), aKey('group', dev), true],
    ['a member another group\'s key', aPrincipal(), aKey('group', ops), false],
    ['the group\'s service the group\'s key', aService, aKey('group', dev), true],
    ['an admin a group\'s key without being in the group', anAdmin, aKey('group', dev), false],
    ['an admin a user\'s key', anAdmin, aKey('user', bob), false],
    ['anybody of the org the org\'s key', aPrincipal({ groups: [] }), aKey('org', org), true],
    ['a listed user a narrowed key', aPrincipal(), aKey('group', dev, { allowedUsers: [bob, ann] }), true],
    ['an unlisted user a narrowed key', aPrincipal(), aKey('org', org, { allowedUsers: [bob] }), false],
    ['a listed user a narrowed key of a group they left', aPrincipal({ groups: [] }), aKey('group', dev, { allowedUsers: [ann] }), false],
    ['a service a narrowed key', aService, aKey('org', org, { allowedUsers: [ann] }), false],
    ['the org key of another org', aPrincipal(), aKey('org', 'org_b', { orgId: 'org_b' as OrgId }), false],
    ['a group key of another org, even with the same group id', aPrincipal(), aKey('group', dev, { orgId: 'org_b' as OrgId }), false],
    ['a user key of another org, even with the same user id', aPrincipal(), aKey('user', ann, { orgId: 'org_b' as OrgId }), false],
    ['a platform key that is not granted', anAdmin, aKey('platform', 'platform', { orgId: 'platform' }), false],
    ['a platform key that is granted', aPrincipal({ orgPolicy: { platformCredits: 'never', aggregator: 'first', platformKeysGranted: true } }), aKey('platform', 'platform', { orgId: 'platform' }), true],
  ])('%s', (_what, principal, key, expected) => {
    expect(mayUse(principal, key)).toBe(expected);
  });
});
