import type { BudgetScope, Settings } from '@byok/contracts';
import type { BudgetId, ErrorCode, GroupId, OrgId, OwnerType, SessionId, TokenId, UserId } from '@byok/kernel';
import type { Sql } from '@byok/platform';
import type { Permission } from './permissions.js';

export const ROLES = ['owner', 'admin', 'billing', 'auditor', 'member'] as const;
export type Role = (typeof ROLES)[number];

export const GROUP_ROLES = ['admin', 'member'] as const;
export type GroupRole = (typeof GROUP_ROLES)[number];

export const TIERS = ['trial', 'starter', 'professional', 'enterprise'] as const;
export type Tier = (typeof TIERS)[number];

export const ORG_STATUSES = ['active', 'frozen', 'deleted'] as const;
export type OrgStatus = (typeof ORG_STATUSES)[number];

export const USER_STATUSES = ['active', 'disabled', 'deleted'] as const;
export type UserStatus = (typeof USER_STATUSES)[number];

export const PLATFORM_CREDITS = ['never', 'when-no-key', 'when-no-key-or-key-fails'] as const;
export const AGGREGATOR_ORDER = ['first', 'last'] as const;

/** What an org decided about whose money and which kind of key a call may use. */
export interface OrgPolicy {
  platformCredits: (typeof PLATFORM_CREDITS)[number];
  aggregator: (typeof AGGREGATOR_ORDER)[number];
  platformKeysGranted: boolean;
}

/** Who a token or a session stands for, right now. Derived from the database, never told by a caller. */
export interface Principal {
  orgId: OrgId;
  /** null for a service token. */
  userId: UserId | null;
  tokenId: TokenId | null;
  sessionId: SessionId | null;
  email: string | null;
  /** Empty for a service, for a token without management scopes and for a token narrowed to one group or to some. */
  roles: Role[];
  isOperator: boolean;
  groups: { id: GroupId; role: GroupRole }[];
  /** The one group a token is narrowed to, or serves. */
  tokenGroup: GroupId | null;
  /** Empty means every model. */
  allowedModels: string[];
  orgPolicy: OrgPolicy;
  /** What was set for whom; the nearer may only narrow what stands further away. */
  settings: { token: Settings; user: Settings; groups: { id: GroupId; settings: Settings }[]; org: Settings };
  /** Every hard budget of the org: a call that one of them may concern reserves its money first. */
  hardBudgets: HardBudget[];
  /** What a token may manage. Always empty for a session, which may do what its user may. */
  managementScopes: Permission[];
  /** When a membership for a while ends (ms): who this is then has to be asked again. Absent: none does. */
  endsAt?: number;
  /** What else a token is narrowed to; absent for one that is not, and for a session. */
  restrictions?: Restrictions;
}

/** Beyond groups, models and scopes. An empty list restricts nothing. */
export interface Restrictions {
  /** Providers whose keys may be used. */
  providers: string[];
  /** Of its user's groups, those that it acts in; already applied to the principal's. */
  groups: GroupId[];
  /** Where it may be used from: addresses and CIDRs. */
  networks: string[];
  /** When the secret that was presented ends. */
  expiresAt: Date | null;
}

export interface HardBudget {
  id: BudgetId;
  scope: BudgetScope;
  scopeId: string;
  /** True when spending on the org's, its groups' and its users' own keys counts, too. */
  includesOwnKeys: boolean;
}

/** Why a known credential stands for nobody at the moment. */
export interface Refusal {
  refused: ErrorCode;
  message: string;
}

/** What a permission is asked about. Without `owner` it follows from the ids: group, else user, else the whole org. */
export interface Resource {
  org: OrgId | 'platform';
  owner?: OwnerType;
  user?: UserId | null;
  group?: GroupId | null;
}

/** The inside of a transaction. A Database does not fit on purpose: a write and its change notice must commit together. */
export type Tx = Sql & { transaction?: never };

/** A keyset page: at most `limit` items (default 50, most 200) whose id comes after `after`. */
export interface PageRequest {
  after?: string | undefined;
  limit?: number | undefined;
}

export interface Page<T> {
  items: T[];
  /** Pass as `after` for the next page; null at the end. */
  next: string | null;
}

export interface Org {
  id: OrgId;
  name: string;
  tier: Tier;
  status: OrgStatus;
  policy: OrgPolicy;
  createdAt: Date;
}

export interface User {
  id: UserId;
  orgId: OrgId;
  email: string;
  name: string;
  role: Role;
  isOperator: boolean;
  status: UserStatus;
  hasPassword: boolean;
  createdAt: Date;
}

export interface Group {
  id: GroupId;
  orgId: OrgId;
  name: string;
  createdAt: Date;
}

export interface Member {
  orgId: OrgId;
  groupId: GroupId;
  userId: UserId;
  email: string;
  name: string;
  role: GroupRole;
  /** A membership for a while; null: until somebody ends it. */
  expiresAt: Date | null;
  createdAt: Date;
}

/** A caller's credential without its secret, which is shown once and stored only as a hash. */
export interface Token {
  id: TokenId;
  orgId: OrgId;
  userId: UserId | null;
  groupId: GroupId | null;
  name: string;
  description: string | null;
  allowedModels: string[];
  allowedProviders: string[];
  allowedGroups: GroupId[];
  allowedNetworks: string[];
  managementScopes: Permission[];
  expiresAt: Date | null;
  /** Until when the secret before the present one is good, after a rotation with overlap. */
  previousUntil: Date | null;
  revokedAt: Date | null;
  createdBy: string | null;
  createdAt: Date;
}

export interface Session {
  id: SessionId;
  orgId: OrgId;
  userId: UserId;
  expiresAt: Date;
  revokedAt: Date | null;
  createdAt: Date;
}
