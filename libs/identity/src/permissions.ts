import type { OwnerType } from '@byok/kernel';
import type { Role } from './types.js';

/**
 * Who may hold a permission: a role in the org of the resource, the operator of the platform (in every org),
 * the user whom the resource belongs to, or somebody in its group.
 */
export type Holder = Role | 'operator' | 'self' | 'group-admin' | 'group-member';

type Holders = readonly Holder[];
type ByOwner = { readonly [O in OwnerType]?: Holders };

const ADMINS = ['owner', 'admin', 'operator'] as const;
const READERS = [...ADMINS, 'billing', 'auditor'] as const;
const MONEY = [...ADMINS, 'billing'] as const;
const EVERYBODY = [...READERS, 'member'] as const;

// Keys carry no 'operator' but for the platform's own: who runs the product has no business in a tenant's keys.
const KEY_MANAGERS: ByOwner = { user: ['self'], group: ['owner', 'admin', 'group-admin'], org: ['owner', 'admin'], platform: ['operator'] };
const KEY_READERS: ByOwner = {
  user: ['self', 'owner', 'admin', 'auditor'],
  group: ['owner', 'admin', 'auditor', 'group-member'],
  org: ['owner', 'admin', 'auditor', 'member', 'billing'],
  platform: ['operator'],
};
// An admin may take a leaver's key away, but may not replace or read it.
const KEY_REMOVERS: ByOwner = { ...KEY_MANAGERS, user: ['self', 'owner', 'admin'] };
// An admin may stop anybody's key. Starting it again is not for whom they stopped.
const KEY_UNSEALERS: ByOwner = { user: ['owner', 'admin'], group: ['owner', 'admin'], org: ['owner', 'admin'], platform: ['operator'] };
// Of a user's key, an admin may only give away a leaver's; the vault sees to that.
const KEY_GIVERS: ByOwner = { user: ['self', 'owner', 'admin'], group: ['owner', 'admin', 'group-admin'], org: ['owner', 'admin'] };
const KEY_INSPECTORS: ByOwner = { user: ['self', 'owner', 'admin', 'auditor'], group: ['owner', 'admin', 'auditor', 'group-admin'], org: ['owner', 'admin', 'auditor'], platform: ['operator'] };
// Like keys, of no concern to who runs the product.
const ORG_ADMINS = ['owner', 'admin'] as const;
const TOKEN_MANAGERS: ByOwner = { user: ['self', ...ADMINS], group: ['group-admin', ...ADMINS], org: ADMINS };

/** The whole matrix. A permission maps to its holders, or to holders per kind of owner where that makes a difference. */
export const PERMISSION_HOLDERS = {
  'org:create': ['operator'],
  'org:list': ['operator'],
  'org:read': EVERYBODY,
  'org:update': ADMINS,
  'org:set-tier': ['operator'],
  'org:freeze': ['operator'],
  'org:delete': ['owner', 'operator'],

  'user:create': ADMINS,
  'user:list': READERS,
  'user:read': ['self', ...READERS],
  'user:update': ADMINS,
  'user:delete': ADMINS,

  // What an identity provider's directory may do: users and groups of the org, never an operator, never a new owner.
  'scim:manage': ['owner', 'admin'],

  'group:create': ADMINS,
  'group:list': EVERYBODY,
  'group:read': ['group-member', ...READERS],
  'group:update': ['group-admin', ...ADMINS],
  'group:delete': ADMINS,
  'member:read': ['group-member', ...READERS],
  'member:update': ['group-admin', ...ADMINS],

  'token:create': TOKEN_MANAGERS,
  'token:read': { user: ['self', ...ADMINS, 'auditor'], group: ['group-admin', ...ADMINS, 'auditor'], org: [...ADMINS, 'auditor'] },
  'token:rotate': TOKEN_MANAGERS,
  'token:delete': TOKEN_MANAGERS,

  'key:create': KEY_MANAGERS,
  'key:read': KEY_READERS,
  'key:update': KEY_MANAGERS,
  'key:test': KEY_MANAGERS,
  'key:delete': KEY_REMOVERS,
  'key:seal': KEY_REMOVERS,
  'key:unseal': KEY_UNSEALERS,
  'key:transfer': KEY_GIVERS,
  'key:inspect': KEY_INSPECTORS,

  // An auditor changes nothing, and asks for nothing.
  'request:create': [...ORG_ADMINS, 'billing', 'member'],
  'request:decide': { group: [...ORG_ADMINS, 'group-admin'], org: ORG_ADMINS },
  'review:read': [...ORG_ADMINS, 'auditor'],
  'review:update': ORG_ADMINS,

  // Under what an org's keys are sealed; of the platform's own keys and of every KEK, the operator's.
  'encryption:read': { org: ['owner', 'admin', 'auditor'], platform: ['operator'] },
  'encryption:rotate': { org: ['owner', 'admin'], platform: ['operator'] },
  // Whose KEK protects the org is its owner's to say; stopping everything is not to wait for one.
  'encryption:update': { org: ['owner'] },
  'encryption:seal': { org: ['owner', 'admin'] },

  // Whoever sets where an org signs in could sign in as anybody of it, its owners included.
  'identity-provider:read': ['owner', 'admin', 'auditor', 'operator'],
  'identity-provider:update': ['owner'],
  // Like making tokens of services; the operator has no part in it.
  'trusted-issuer:read': ['owner', 'admin', 'auditor', 'operator'],
  'trusted-issuer:update': ['owner', 'admin'],

  'policy:read': EVERYBODY,
  'policy:update': { group: ['group-admin', ...ADMINS], org: ADMINS },
  'routing:explain': ['self', ...ADMINS],
  'preferences:read': ['self'],
  'preferences:update': ['self'],

  'usage:read': { user: ['self', ...READERS], group: ['group-admin', ...READERS], org: READERS, platform: ['operator'] },
  'budget:read': { user: ['self', ...READERS], group: ['group-member', ...READERS], org: READERS },
  'budget:update': { user: MONEY, group: ['group-admin', ...MONEY], org: MONEY },
  'alert:read': READERS,
  'alert:update': MONEY,
  'credits:read': READERS,
  'credits:grant': ['operator'],
  'invoice:read': READERS,
  'invoice:finalise': ['operator'],
  'ledger:adjust': ['operator'],
  'price:read': EVERYBODY,
  'price:update': ['operator'],
  'webhook:read': READERS,
  'webhook:update': ADMINS,

  'audit:read': ['owner', 'admin', 'auditor', 'operator'],
  'platform:read': ['operator'],
} as const satisfies Record<string, Holders | ByOwner>;

export type Permission = keyof typeof PERMISSION_HOLDERS;

export const PERMISSIONS = Object.keys(PERMISSION_HOLDERS) as Permission[];

export function isPermission(value: unknown): value is Permission {
  return typeof value === 'string' && Object.hasOwn(PERMISSION_HOLDERS, value);
}

/** Who holds `permission` over something of that owner; without an owner, everybody who holds it over anything. */
export function holdersOf(permission: Permission, owner?: OwnerType): Holders {
  const holders: Holders | ByOwner = PERMISSION_HOLDERS[permission];
  if (isFlat(holders)) return holders;
  return owner ? (holders[owner] ?? []) : Object.values(holders).flat();
}

function isFlat(holders: Holders | ByOwner): holders is Holders {
  return Array.isArray(holders);
}
