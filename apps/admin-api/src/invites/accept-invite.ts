import type { AcceptInvite, User } from '@byok/contracts';
import { assertOpen, createUser, hashPassword, holdInvite, markAccepted, normalEmail, putMember, type Invite, type Tx } from '@byok/identity';
import { AppError, type Clock, type UserId } from '@byok/kernel';
import { appendAudit, type Database } from '@byok/platform';
import type { Limiter } from '../auth/limiters.js';
import { userToWire } from '../users/user-to-wire.js';

export interface AcceptDeps {
  db: Database;
  clock: Clock;
  placeLimiter: Limiter;
}

/**
 * Whoever holds the link and says the address it was made for becomes a user with the role and the groups of the invite.
 * @throws AppError not_found | forbidden | invite_ended | conflict
 */
export async function acceptInvite(deps: AcceptDeps, { token, email, name, password }: AcceptInvite, ip: string): Promise<User> {
  await deps.placeLimiter.take(ip);
  const passwordHash = await hashPassword(password);
  const user = await deps.db.transaction(async (tx) => {
    const invite = await theInvite(tx as Tx, token, email, deps.clock);
    const created = await createUser(tx as Tx, invite.orgId, { email: invite.email, name, role: invite.role, passwordHash });
    const joined = await joinGroups(tx as Tx, invite, created.id);
    await markAccepted(tx as Tx, invite, created.id);
    const details = { role: invite.role, groups: joined, inviteId: invite.id, invitedBy: invite.createdBy };
    await appendAudit(tx, 'identity.audit', { orgId: invite.orgId, action: 'invite.accept', actorId: created.id, targetId: created.id, outcome: 'allowed', details });
    return created;
  });
  await deps.placeLimiter.giveBack(ip);
  return userToWire(user);
}

/** What is wrong with an invite is told only to who holds its text, and its address to nobody. */
async function theInvite(tx: Tx, token: string, email: string, clock: Clock): Promise<Invite> {
  const invite = await holdInvite(tx, token);
  if (!invite) throw new AppError('not_found', 'There is no such invitation.');
  await assertOpen(tx, invite, clock);
  if (normalEmail(email) !== invite.email) throw new AppError('forbidden', 'This invitation is for another e-mail address.');
  return invite;
}

/** A group that is gone meanwhile is left out. */
async function joinGroups(tx: Tx, { orgId, groups }: Invite, user: UserId): Promise<string[]> {
  const live = await tx.query<{ id: Invite['groups'][number] }>(`SELECT id FROM identity.app_group WHERE org_id = $1 AND id = ANY($2) AND status = 'active' ORDER BY id`, [orgId, groups]);
  for (const { id } of live) await putMember(tx, orgId, id, user);
  return live.map(({ id }) => id);
}
