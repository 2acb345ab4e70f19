export { authenticate, authenticateSession, authenticateToken } from './authenticate.js';
export type { AuthenticateDeps } from './authenticate.js';
export { normalEmail } from './email.js';
export { ensureFirstAdmin } from './ensure-first-admin.js';
export { guessGuard } from './guess-guard.js';
export type { GuessGuard } from './guess-guard.js';
export { may, mayAssignRole, mayGrantScopes, mayManageUser } from './may.js';
export { IDENTITY_MIGRATIONS } from './migrations-folder.js';
export { hashPassword, verifyPassword } from './password.js';
export { holdersOf, isPermission, PERMISSION_HOLDERS, PERMISSIONS } from './permissions.js';
export type { Holder, Permission } from './permissions.js';
export { presentedCredential } from './presented-credential.js';
export { principalOfSession, principalOfToken } from './principal-of.js';
export { isRefusal, principalOrThrow } from './principal-row.js';
export { issueSessionToken, SESSION_TOKEN_LIFETIME_S, sessionSigningKey, sessionVerifyKey, verifySessionToken } from './session-token.js';
export type { SessionClaims } from './session-token.js';
export { claimValues } from './service-jwt/claim-values.js';
export type { Claims } from './service-jwt/claim-values.js';
export type { FetchJson } from './service-jwt/key-sets.js';
export { ServiceJwts } from './service-jwt/service-jwts.js';
export { findCredentialOf } from './store/credentials.store.js';
export type { CredentialId } from './store/credentials.store.js';
export { findDirectoryGroups, findDirectoryUsers, setExternalId } from './store/directory.store.js';
export type { DirectoryGroup, DirectoryQuery, DirectoryUser, Found } from './store/directory.store.js';
export { assertOpen, createInvite, holdInvite, INVITE_LIFETIME_MS, listInvites, markAccepted, revokeInvite } from './store/invites.store.js';
export type { Invite, InviteInput } from './store/invites.store.js';
export { createGroup, deleteGroup, findGroupByName, getGroup, listGroups, updateGroup } from './store/groups.store.js';
export { putHardBudget, removeHardBudget } from './store/hard-budgets.store.js';
export { findLinkedUser, linkUser } from './store/federated.store.js';
export type { LinkedUser, Subject } from './store/federated.store.js';
export { deleteIdentityProvider, findIdentityProvider, getIdentityProvider, isPasswordRefused, putIdentityProvider } from './store/identity-providers.store.js';
export type { IdentityProvider, IdentityProviderInput, SignInSettings } from './store/identity-providers.store.js';
export { listGroupsOfUser, listMembers, putMember, putMemberUntil, removeMember } from './store/members.store.js';
export { createOrg, deleteOrg, getOrg, lockOrg, listOrgs, updateOrg } from './store/orgs.store.js';
export type { OrgChange, OrgInput } from './store/orgs.store.js';
export {
  createSession,
  deleteEndedSessions,
  listSessions,
  refreshSession,
  revokeSession,
  revokeSessionsOfUser,
  SESSION_LIFETIME_MS,
} from './store/sessions.store.js';
export { beginSignIn, deleteOldSignIns, SIGN_IN_LIFETIME_MS, takeSignIn } from './store/sign-in-attempts.store.js';
export { changeSettings, getSettings } from './store/settings.store.js';
export type { SettingsOf } from './store/settings.store.js';
export { createToken, endOverlap, findTokenByText, getToken, listTokens, revokeToken, rotateToken } from './store/tokens.store.js';
export type { TokenFilter, TokenInput } from './store/tokens.store.js';
export { createTrustedIssuer, deleteTrustedIssuer, getTrustedIssuer, listTrustedIssuers, replaceTrustedIssuer, takeFailedJwts } from './store/trusted-issuers.store.js';
export type { IssuerRule, TrustedIssuer, TrustedIssuerId, TrustedIssuerInput } from './store/trusted-issuers.store.js';
export { createUser, deleteUser, findUserByEmail, getUser, listUsers, setPassword, updateUser } from './store/users.store.js';
export type { UserChange, UserInput } from './store/users.store.js';
export { refuseElsewhere } from './refuse-elsewhere.js';
export { SESSION_STRATEGY, sessionStrategy, TOKEN_STRATEGY, tokenStrategy } from './strategies.js';
export { formatToken, hashToken, newToken, parseToken, TOKEN_PREFIX } from './token-text.js';
export { AGGREGATOR_ORDER, GROUP_ROLES, ORG_STATUSES, PLATFORM_CREDITS, ROLES, TIERS, USER_STATUSES } from './types.js';
export type {
  Group,
  GroupRole,
  HardBudget,
  Member,
  Org,
  OrgPolicy,
  OrgStatus,
  Page,
  PageRequest,
  Principal,
  Refusal,
  Resource,
  Restrictions,
  Role,
  Session,
  Tier,
  Token,
  Tx,
  User,
  UserStatus,
} from './types.js';
export { verifyLogin } from './verify-login.js';
export type { Login } from './verify-login.js';
export { listCovered, listGroupsWithoutAdmin, listLeavers, listLivingTokens, listMemberships, listRoles, listTokensOfLeavers, listTokensWithin, namesIn } from './store/access.store.js';
export type { Cover, Leaver, Person } from './store/access.store.js';
export { closeReview, decideLine, findReviewLine, getReview, holdOpen, insertReview, listReviewLines, listReviews, lockReview } from './store/reviews.store.js';
export type { AccessReview, AccessReviewLine, ReviewId, SeenAccess } from './store/reviews.store.js';
export { decideAccessRequest, getAccessRequest, insertAccessRequest, listAccessRequests, lockAccessRequest } from './store/access-requests.store.js';
export type { AccessRequest, AccessRequestId, NewAccessRequest } from './store/access-requests.store.js';
export { takeDeniedCalls, tallyDeniedCalls } from './refusals/denied-calls.js';
export type { DeniedCall } from './refusals/denied-calls.js';
export type { Tally } from './refusals/tally.js';
