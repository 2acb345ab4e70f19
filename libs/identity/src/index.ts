export { may, mayAssignRole, mayGrantScopes, mayManageUser } from './may.js';
export { holdersOf, isPermission, PERMISSION_HOLDERS, PERMISSIONS } from './permissions.js';
export type { Holder, Permission } from './permissions.js';
export { formatToken, hashToken, newToken, parseToken, TOKEN_PREFIX } from './token-text.js';
export { AGGREGATOR_ORDER, GROUP_ROLES, ORG_STATUSES, PLATFORM_CREDITS, ROLES, TIERS, USER_STATUSES } from './types.js';
export type {
  Group,
  GroupRole,
  Member,
  Org,
  OrgPolicy,
  OrgStatus,
  Page,
  PageRequest,
  Principal,
  Refusal,
  Resource,
  Role,
  Session,
  Tier,
  Token,
  Tx,
  User,
  UserStatus,
} from './types.js';
