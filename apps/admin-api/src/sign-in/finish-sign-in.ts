import {
  createSession,
  findIdentityProvider,
  getGroup,
  listGroupsOfUser,
  putMember,
  removeMember,
  takeSignIn,
  updateUser,
  type IdentityProvider,
  type Tx,
} from '@byok/identity';
import { AppError, type Clock, type GroupId, type OrgId, type UserId } from '@byok/kernel';
import { appendAudit, type AuditEntry, type Database, type Log } from '@byok/platform';
import { askProvider, type ProviderDeps, type SignInClaims } from './ask-provider.js';
import { proofOf, sameText } from './browser-secret.js';
import { refuseFrozen } from './refuse-frozen.js';
import { groupChange } from './follow-groups.js';
import { nextRole } from './follow-role.js';
import { userOfClaims } from './user-of-claims.js';

export type FinishDeps = ProviderDeps & { db: Database; clock: Clock; log: Log };

export interface FinishedSignIn {
  refreshToken: string;
  returnTo: string;
}

/**
 * Whoever comes back from a provider, with a session. The browser must be the one that began, the state is taken once, and everything that
 * the sign-in changes here is one transaction with its audit rows.
 * @throws AppError login_failed, forbidden, service_unavailable; a refusal is in the org's audit
 */
export async function finishSignIn(deps: FinishDeps, cameBack: URL, browserSecret: string | undefined): Promise<FinishedSignIn> {
  const proof = proofOf(browserSecret ?? '');
  const isSame = browserSecret !== undefined && sameText(cameBack.searchParams.get('state') ?? '', proof.state);
  const attempt = isSame ? await takeSignIn(deps.db, proof.state, deps.clock) : undefined;
  if (!attempt) throw new AppError('login_failed', 'This sign-in was not begun in this browser, was used already or took too long. Begin again.');
  const provider = await findIdentityProvider(deps.db, attempt.orgId);
  if (!provider) throw new AppError('login_failed', 'This organisation does not sign in here any more.');
  await refuseFrozen(deps.db, attempt.orgId);
  try {
    const claims = await askProvider(deps, provider, proof, cameBack);
    const refreshToken = await deps.db.transaction((tx) => enter(tx as Tx, provider, claims, deps.clock));
    return { refreshToken, returnTo: attempt.returnTo };
  } catch (error) {
    await recordFailure(deps, attempt.orgId, error);
    throw error;
  }
}

async function enter(tx: Tx, provider: IdentityProvider, claims: SignInClaims, clock: Clock): Promise<string> {
  const { orgId } = provider;
  const { user, how } = await userOfClaims(tx, provider, claims);
  const changes: AuditEntry[] = [];
  const changed = (action: string, targetId: string, details: AuditEntry['details'] = {}): number => changes.push({ orgId, action, actorId: user.id, targetId, outcome: 'allowed', details: { ...details, by: 'oidc' } });
  if (how === 'created') changed('user.create', user.id, { role: user.role });
  if (how === 'linked') changed('user.link', user.id);
  const role = how === 'created' ? undefined : nextRole(provider, claims, user.role);
  if (role) {
    await updateUser(tx, orgId, user.id, { role });
    changed('user.update', user.id, { fields: ['role'], role });
  }
  await followGroups(tx, provider, claims, user.id, changed);
  const { session, refreshToken } = await createSession(tx, orgId, user.id, clock);
  changed('session.create', session.id);
  for (const entry of changes) await appendAudit(tx, 'identity.audit', entry);
  return refreshToken;
}

async function followGroups(tx: Tx, provider: IdentityProvider, claims: SignInClaims, userId: UserId, changed: (action: string, group: string, details: AuditEntry['details']) => unknown): Promise<void> {
  const { orgId } = provider;
  // What an admin granted for a while is not the provider's to take away.
  const current = (await listGroupsOfUser(tx, orgId, userId)).filter(({ expiresAt }) => expiresAt === null).map(({ id }) => id);
  const { join, leave } = groupChange(provider, claims, current);
  for (const group of join) {
    if (!(await isThere(tx, orgId, group))) continue;
    await putMember(tx, orgId, group, userId);
    changed('member.set', group, { userId, role: 'member' });
  }
  for (const group of leave) {
    await removeMember(tx, orgId, group, userId);
    changed('member.remove', group, { userId });
  }
}

/** A mapping may name a group that was deleted since. */
async function isThere(tx: Tx, orgId: OrgId, group: GroupId): Promise<boolean> {
  return getGroup(tx, orgId, group).then(
    () => true,
    (error: unknown) => {
      if (error instanceof AppError && error.code === 'not_found') return false;
      throw error;
    },
  );
}

/** Who was let in nowhere is nobody, so the org itself stands for them. */
async function recordFailure({ db, log }: FinishDeps, orgId: OrgId, error: unknown): Promise<void> {
  if (!(error instanceof AppError) || error.rule.http >= 500) return;
  const reason = String(error.details?.['reason'] ?? error.code);
  const entry = { orgId, action: 'auth.failed', actorId: 'sign-in', targetId: orgId, outcome: 'failed' as const, details: { by: 'oidc', reason } };
  await db.transaction((tx) => appendAudit(tx, 'identity.audit', entry)).catch((cause: unknown) => log.error({ error: cause, orgId }, 'a refused sign-in could not be audited'));
}
