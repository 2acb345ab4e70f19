import type { GroupId, Id, KeyId, OrgId, UserId } from '@byok/kernel';
import type { Sql } from '@byok/platform';
import type { Page, PageRequest, Tx } from '../types.js';
import { pageOf, pageParameters } from './page.js';
import { explainRefusal, found } from './refusals.js';

export type AccessRequestId = Id<'accessRequest'>;
export type AccessRequestStatus = 'pending' | 'granted' | 'refused' | 'withdrawn' | 'ended' | 'expired';

/** What a member asked for, and what became of it. */
export interface AccessRequest {
  id: AccessRequestId;
  orgId: OrgId;
  userId: UserId;
  groupId: GroupId | null;
  keyId: KeyId | null;
  /** The group whose admins may decide beside those of the org. */
  decidedIn: GroupId | null;
  reason: string;
  /** `expired`: granted, and its time is over. */
  status: AccessRequestStatus;
  note: string;
  expiresAt: Date | null;
  decidedBy: string | null;
  decidedAt: Date | null;
  createdAt: Date;
}

export type NewAccessRequest = Pick<AccessRequest, 'id' | 'userId' | 'groupId' | 'keyId' | 'decidedIn' | 'reason'>;

export interface Decided {
  status: 'granted' | 'refused' | 'withdrawn' | 'ended';
  note: string;
  by: string;
  expiresAt?: Date;
}

const STATUS = `CASE WHEN status = 'granted' AND expires_at <= now() THEN 'expired' ELSE status END`;
const REQUEST = `id, org_id AS "orgId", user_id AS "userId", group_id AS "groupId", key_id AS "keyId", decided_in AS "decidedIn", reason, ${STATUS} AS status, note,
  expires_at AS "expiresAt", decided_by AS "decidedBy", decided_at AS "decidedAt", created_at AS "createdAt"`;

export async function insertAccessRequest(tx: Tx, orgId: OrgId, request: NewAccessRequest): Promise<AccessRequest> {
  const insert = tx.query<AccessRequest>(
    `INSERT INTO identity.access_request (id, org_id, user_id, group_id, key_id, decided_in, reason) VALUES ($1, $2, $3, $4, $5, $6, $7) RETURNING ${REQUEST}`,
    [request.id, orgId, request.userId, request.groupId, request.keyId, request.decidedIn, request.reason],
  );
  const [row] = await explainRefusal(insert, { duplicate: 'You have asked for this already.', missing: 'There is no such group.' });
  return row!;
}

export interface AccessRequestFilter {
  /** One's own. */
  userId?: UserId | undefined;
  /** Those that admins of these groups may decide; undefined: every one. */
  decidedIn?: readonly string[] | undefined;
  status?: AccessRequestStatus | undefined;
}

export async function listAccessRequests(db: Sql, orgId: OrgId, filter: AccessRequestFilter, page: PageRequest = {}): Promise<Page<AccessRequest>> {
  const { after, limit } = pageParameters(page);
  const rows = await db.query<AccessRequest>(
    `SELECT ${REQUEST} FROM identity.access_request
      WHERE org_id = $1 AND ($2::text IS NULL OR user_id = $2) AND ($3::text[] IS NULL OR decided_in = ANY($3)) AND ($4::text IS NULL OR ${STATUS} = $4) AND id > $5 ORDER BY id LIMIT $6`,
    [orgId, filter.userId ?? null, filter.decidedIn ?? null, filter.status ?? null, after, limit],
  );
  return pageOf(rows, page, (request) => request.id);
}

export async function getAccessRequest(db: Sql, orgId: OrgId, requestId: string): Promise<AccessRequest> {
  const [row] = await db.query<AccessRequest>(`SELECT ${REQUEST} FROM identity.access_request WHERE org_id = $1 AND id = $2`, [orgId, requestId]);
  return found(row, 'request');
}

/** The request as it is now, its row locked until the transaction ends: two who decide at once decide one after the other. */
export async function lockAccessRequest(tx: Tx, orgId: OrgId, requestId: string): Promise<AccessRequest> {
  const [row] = await tx.query<AccessRequest>(`SELECT ${REQUEST} FROM identity.access_request WHERE org_id = $1 AND id = $2 FOR UPDATE`, [orgId, requestId]);
  return found(row, 'request');
}

export async function decideAccessRequest(tx: Tx, orgId: OrgId, requestId: AccessRequestId, { status, note, by, expiresAt }: Decided): Promise<AccessRequest> {
  const [row] = await tx.query<AccessRequest>(
    `UPDATE identity.access_request SET status = $3, note = $4, decided_by = $5, decided_at = now(), expires_at = coalesce($6, expires_at) WHERE org_id = $1 AND id = $2 RETURNING ${REQUEST}`,
    [orgId, requestId, status, note, by, expiresAt ?? null],
  );
  return found(row, 'request');
}
