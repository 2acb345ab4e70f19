import type { Settings } from '@byok/contracts';
import { AppError } from '@byok/kernel';
import type { ErrorCode, GroupId, OrgId, SessionId, TokenId, UserId } from '@byok/kernel';
import { isPermission } from './permissions.js';
import type { GroupRole, HardBudget, OrgPolicy, OrgStatus, Principal, Refusal, Role, UserStatus } from './types.js';

/** One row that says everything about a credential: itself, its org, its user and the user's groups. */
export interface PrincipalRow {
  orgId: OrgId;
  orgStatus: OrgStatus;
  platformCredits: OrgPolicy['platformCredits'];
  aggregator: OrgPolicy['aggregator'];
  platformKeysGranted: boolean;
  userId: UserId | null;
  email: string | null;
  role: Role | null;
  isOperator: boolean | null;
  userStatus: UserStatus | null;
  groups: { id: GroupId; role: GroupRole; settings: Settings; until?: string | null }[];
  orgSettings: Settings;
  userSettings: Settings | null;
  hardBudgets: HardBudget[];
  expiresAt: Date | null;
  revokedAt: Date | null;
}

export interface TokenPrincipalRow extends PrincipalRow {
  tokenId: TokenId;
  groupId: GroupId | null;
  groupIsActive: boolean;
  allowedModels: string[];
  allowedProviders: string[];
  allowedGroups: GroupId[];
  allowedNetworks: string[];
  managementScopes: string[];
  tokenSettings: Settings;
  /** Of the token's group, which a service is no member of. */
  groupSettings: Settings | null;
}

export interface SessionPrincipalRow extends PrincipalRow {
  sessionId: SessionId;
}

/** Columns of PrincipalRow given `o` (org) and `u` (app_user, perhaps missing). */
export const PRINCIPAL_COLUMNS = `
  o.id AS "orgId", o.status AS "orgStatus", o.platform_credits AS "platformCredits", o.aggregator,
  o.platform_keys_granted AS "platformKeysGranted",
  u.id AS "userId", u.email, u.role, u.is_operator AS "isOperator", u.status AS "userStatus",
  (SELECT coalesce(json_agg(json_build_object('id', m.group_id, 'role', m.role, 'settings', g.settings, 'until', m.expires_at) ORDER BY m.group_id), '[]')
     FROM identity.membership m JOIN identity.app_group g ON g.org_id = m.org_id AND g.id = m.group_id AND g.status = 'active'
    WHERE m.org_id = u.org_id AND m.user_id = u.id) AS groups,
  o.settings AS "orgSettings", u.settings AS "userSettings",
  (SELECT coalesce(json_agg(json_build_object('id', b.budget_id, 'scope', b.scope, 'scopeId', b.scope_id, 'includesOwnKeys', b.includes_own_keys) ORDER BY b.budget_id), '[]')
     FROM identity.hard_budget b WHERE b.org_id = o.id) AS "hardBudgets"`;

/** The principal of a token's row, or why it is refused. */
export function tokenPrincipal(stored: TokenPrincipalRow, now: number): Principal | Refusal {
  const row = asOf(stored, now);
  const refusal = refusalOfToken(row, now);
  if (refusal) return refusal;
  const managementScopes = row.managementScopes.filter(isPermission);
  const holdsRoles = managementScopes.length > 0 && row.groupId === null && row.allowedGroups.length === 0 && row.role !== null;
  return {
    ...commonPrincipal(row, row.tokenSettings, settingsOfGroups(row)),
    tokenId: row.tokenId,
    sessionId: null,
    roles: holdsRoles ? [row.role!] : [],
    isOperator: holdsRoles && row.isOperator === true,
    groups: groupsOfToken(row, managementScopes.length > 0),
    tokenGroup: row.groupId,
    allowedModels: row.allowedModels,
    managementScopes,
    ...restrictionsOf(row),
  };
}

/** The principal of a session's row, or why it is refused. */
export function sessionPrincipal(stored: SessionPrincipalRow, now: number): Principal | Refusal {
  const row = asOf(stored, now);
  const isOver = row.revokedAt !== null || row.expiresAt === null || row.expiresAt.getTime() <= now;
  if (isOver || row.userStatus !== 'active') return refuse('unauthenticated', 'The session is not valid or has ended. Sign in again.');
  const refusal = refusalOfOrg(row);
  if (refusal) return refusal;
  return {
    ...commonPrincipal(row, {}, row.groups),
    tokenId: null,
    sessionId: row.sessionId,
    roles: row.role ? [row.role] : [],
    isOperator: row.isOperator === true,
    groups: row.groups.map(membershipOf),
    tokenGroup: null,
    allowedModels: [],
    managementScopes: [],
  };
}

export function isRefusal(answer: Principal | Refusal): answer is Refusal {
  return 'refused' in answer;
}

/** The principal, or the refusal thrown as AppError. */
export function principalOrThrow(answer: Principal | Refusal): Principal {
  if (isRefusal(answer)) throw new AppError(answer.refused, answer.message);
  return answer;
}

export function refuse(refused: ErrorCode, message: string): Refusal {
  return { refused, message };
}

function refusalOfToken(row: TokenPrincipalRow, now: number): Refusal | undefined {
  if (row.revokedAt !== null) return refuse('token_revoked', 'This token was revoked.');
  if (row.expiresAt !== null && row.expiresAt.getTime() <= now) return refuse('token_expired', 'This token has expired.');
  if (row.userId !== null && row.userStatus !== 'active') return refuse('token_revoked', 'The user of this token is disabled or gone.');
  if (row.groupId !== null && !row.groupIsActive) return refuse('token_revoked', 'The group of this token is gone.');
  const left = row.userId !== null && row.groupId !== null && !row.groups.some((group) => group.id === row.groupId);
  if (left) return refuse('forbidden', 'This token works inside a group that its user has left.');
  return refusalOfOrg(row);
}

function refusalOfOrg(row: PrincipalRow): Refusal | undefined {
  if (row.orgStatus === 'frozen') return refuse('org_frozen', 'This organisation is frozen. Ask your operator.');
  if (row.orgStatus === 'deleted') return refuse('unauthenticated', 'This organisation is gone.');
  return undefined;
}

/** Without memberships whose time is over. */
function asOf<R extends PrincipalRow>(row: R, now: number): R {
  return row.groups.some(({ until }) => until) ? { ...row, groups: row.groups.filter(({ until }) => !until || Date.parse(until) > now) } : row;
}

/** When the first of the memberships ends that are left. */
function endOf(groups: PrincipalRow['groups']): Pick<Principal, 'endsAt'> {
  const ends = groups.flatMap(({ until }) => (until ? [Date.parse(until)] : []));
  return ends.length > 0 ? { endsAt: Math.min(...ends) } : {};
}

/** A user's groups, narrowed to the token's; a service has the one it serves. Who may not manage is an admin of nothing. */
function groupsOfToken(row: TokenPrincipalRow, mayManage: boolean): Principal['groups'] {
  if (row.userId === null) return row.groupId ? [{ id: row.groupId, role: 'member' }] : [];
  const groups = row.groups.filter((group) => (row.groupId ? group.id === row.groupId : isAllowedGroup(row, group.id))).map(membershipOf);
  return mayManage ? groups : groups.map((group) => ({ ...group, role: 'member' }));
}

function isAllowedGroup({ allowedGroups }: TokenPrincipalRow, group: GroupId): boolean {
  return allowedGroups.length === 0 || allowedGroups.includes(group);
}

function restrictionsOf({ allowedProviders: providers, allowedGroups: groups, allowedNetworks: networks, expiresAt }: TokenPrincipalRow): Pick<Principal, 'restrictions'> {
  const isNarrowed = providers.length + groups.length + networks.length > 0 || expiresAt !== null;
  return isNarrowed ? { restrictions: { providers, groups, networks, expiresAt } } : {};
}

function membershipOf({ id, role }: PrincipalRow['groups'][number]): Principal['groups'][number] {
  return { id, role };
}

/** Of the group that a token is narrowed to; otherwise of all its user's, so that leaving a group's keys out never lifts its limits. */
function settingsOfGroups(row: TokenPrincipalRow): { id: GroupId; settings: Settings }[] {
  if (row.groupId !== null) return [{ id: row.groupId, settings: row.groupSettings ?? {} }];
  return row.groups;
}

function commonPrincipal(
  row: PrincipalRow,
  token: Settings,
  groups: readonly { id: GroupId; settings: Settings }[],
): Pick<Principal, 'orgId' | 'userId' | 'email' | 'orgPolicy' | 'settings' | 'hardBudgets' | 'endsAt'> {
  const orgPolicy = { platformCredits: row.platformCredits, aggregator: row.aggregator, platformKeysGranted: row.platformKeysGranted };
  const settings = { token, user: row.userSettings ?? {}, groups: groups.map(({ id, settings: own }) => ({ id, settings: own })), org: row.orgSettings };
  return { orgId: row.orgId, userId: row.userId, email: row.email, orgPolicy, settings, hardBudgets: row.hardBudgets, ...endOf(row.groups) };
}
