import { AppError, newId } from '@byok/kernel';
import type { Clock, GroupId, InviteId, OrgId, UserId } from '@byok/kernel';
import type { Sql } from '@byok/platform';
import { normalEmail } from '../email.js';
import { hashToken, newInviteToken, parseInviteToken } from '../token-text.js';
import type { Page, PageRequest, Role, Tx } from '../types.js';
import { lockOrg } from './orgs.store.js';
import { pageOf, pageParameters } from './page.js';
import { found } from './refusals.js';

export const INVITE_LIFETIME_MS = 7 * 24 * 3_600_000;

/** A link by which somebody may join an org, without its secret. */
export interface Invite {
  id: InviteId;
  orgId: OrgId;
  email: string;
  role: Role;
  groups: GroupId[];
  expiresAt: Date;
  revokedAt: Date | null;
  acceptedAt: Date | null;
  acceptedBy: UserId | null;
  createdBy: string;
  createdAt: Date;
}

export interface InviteInput {
  email: string;
  role: Role;
  groups: readonly GroupId[];
  createdBy: string;
}

const INVITE = `id, org_id AS "orgId", email, role, groups, expires_at AS "expiresAt", revoked_at AS "revokedAt", accepted_at AS "acceptedAt", accepted_by AS "acceptedBy",
  created_by AS "createdBy", created_at AS "createdAt"`;

/** Makes an invite; an open one for the same address ends, so that there is one link at a time. `text` is seen this once. */
export async function createInvite(tx: Tx, orgId: OrgId, input: InviteInput, clock: Clock): Promise<{ invite: Invite; text: string }> {
  await lockOrg(tx, orgId);
  const email = normalEmail(input.email);
  await tx.query('UPDATE identity.invite SET revoked_at = now() WHERE org_id = $1 AND email = $2 AND accepted_at IS NULL AND revoked_at IS NULL', [orgId, email]);
  const id = newId('invite');
  const { text, hash } = newInviteToken(id);
  const [invite] = await tx.query<Invite>(
    `INSERT INTO identity.invite (id, org_id, email, role, groups, hash, expires_at, created_by) VALUES ($1, $2, $3, $4, $5, $6, $7, $8) RETURNING ${INVITE}`,
    [id, orgId, email, input.role, input.groups, hash, new Date(clock.now() + INVITE_LIFETIME_MS), input.createdBy],
  );
  return { invite: invite!, text };
}

/** Invites of the org, ended ones too. */
export async function listInvites(db: Sql, orgId: OrgId, page: PageRequest = {}): Promise<Page<Invite>> {
  const { after, limit } = pageParameters(page);
  const rows = await db.query<Invite>(`SELECT ${INVITE} FROM identity.invite WHERE org_id = $1 AND id > $2 ORDER BY id LIMIT $3`, [orgId, after, limit]);
  return pageOf(rows, page, (invite) => invite.id);
}

/** Ends the invite; ending it twice is fine, one that was accepted is past ending. */
export async function revokeInvite(tx: Tx, orgId: OrgId, inviteId: InviteId): Promise<Invite> {
  const [invite] = await tx.query<Invite>(`UPDATE identity.invite SET revoked_at = coalesce(revoked_at, now()) WHERE org_id = $1 AND id = $2 AND accepted_at IS NULL RETURNING ${INVITE}`, [orgId, inviteId]);
  return found(invite, 'open invite');
}

/** The invite that this text is for, held until the transaction ends: of two that accept it at once, the second finds it used. */
export async function holdInvite(tx: Tx, text: string): Promise<Invite | undefined> {
  const id = parseInviteToken(text)?.id;
  const [invite] = id ? await tx.query<Invite>(`SELECT ${INVITE} FROM identity.invite WHERE id = $1 AND hash = $2 FOR UPDATE`, [id, hashToken(text)]) : [];
  return invite;
}

/**
 * Works once, for as long as it runs and as long as who made it may make such a one.
 * @throws AppError invite_ended
 */
export async function assertOpen(tx: Tx, invite: Invite, clock: Clock): Promise<void> {
  if (invite.acceptedAt || invite.revokedAt || invite.expiresAt.getTime() <= clock.now() || !(await isMakerEntitled(tx, invite))) throw new AppError('invite_ended', 'This invitation was used, revoked or has expired. Ask for a new one.');
}

export async function markAccepted(tx: Tx, invite: Invite, user: UserId): Promise<void> {
  await tx.query('UPDATE identity.invite SET accepted_at = now(), accepted_by = $3 WHERE org_id = $1 AND id = $2', [invite.orgId, invite.id, user]);
}

/** Somebody who lost their place must not let others in by what they left behind. */
async function isMakerEntitled(tx: Tx, { orgId, createdBy, role }: Invite): Promise<boolean> {
  const [row] = createdBy.startsWith('tok_')
    ? await tx.query(`SELECT 1 AS one FROM identity.token WHERE org_id = $1 AND id = $2 AND revoked_at IS NULL AND $3 <> 'owner'`, [orgId, createdBy, role])
    : await tx.query(
        `SELECT 1 AS one FROM identity.app_user
          WHERE id = $2 AND status = 'active' AND (is_operator OR (org_id = $1 AND (role = 'owner' OR (role = 'admin' AND $3 <> 'owner'))))`,
        [orgId, createdBy, role],
      );
  return row !== undefined;
}
