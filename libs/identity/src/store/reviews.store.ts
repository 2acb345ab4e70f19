import type { Id, OrgId } from '@byok/kernel';
import type { Sql } from '@byok/platform';
import type { Page, PageRequest, Tx } from '../types.js';
import { pageOf, pageParameters } from './page.js';
import { found } from './refusals.js';

export type ReviewId = Id<'review'>;

export interface AccessReview {
  id: ReviewId;
  orgId: OrgId;
  name: string;
  status: 'open' | 'closed';
  startedBy: string;
  startedAt: Date;
  attestedBy: string | null;
  attestedName: string | null;
  attestedAt: Date | null;
  linesHash: string | null;
  lines: number;
  undecided: number;
}

/** Access as a review saw it. */
export interface SeenAccess {
  kind: 'role' | 'membership' | 'key' | 'grant' | 'token';
  subjectId: string;
  subjectName: string;
  objectId: string;
  objectName: string;
  detail: string;
  people: string[];
}

export interface AccessReviewLine extends SeenAccess {
  line: number;
  decision: 'keep' | 'revoke' | null;
  note: string;
  decidedBy: string | null;
  decidedAt: Date | null;
}

const REVIEW = `r.id, r.org_id AS "orgId", r.name, r.status, r.started_by AS "startedBy", r.started_at AS "startedAt", r.attested_by AS "attestedBy", r.attested_name AS "attestedName",
  r.attested_at AS "attestedAt", r.lines_hash AS "linesHash",
  (SELECT count(*) FROM identity.access_review_line l WHERE l.org_id = r.org_id AND l.review_id = r.id)::int AS lines,
  (SELECT count(*) FROM identity.access_review_line l WHERE l.org_id = r.org_id AND l.review_id = r.id AND l.decision IS NULL)::int AS undecided`;
const LINE = `line, kind, subject_id AS "subjectId", subject_name AS "subjectName", object_id AS "objectId", object_name AS "objectName", detail, people, decision, note,
  decided_by AS "decidedBy", decided_at AS "decidedAt"`;

/** Keeps what was seen, in the order in which it is told. */
export async function insertReview(tx: Tx, orgId: OrgId, review: { id: ReviewId; name: string; startedBy: string }, seen: readonly SeenAccess[]): Promise<void> {
  await tx.query('INSERT INTO identity.access_review (id, org_id, name, started_by) VALUES ($1, $2, $3, $4)', [review.id, orgId, review.name, review.startedBy]);
  await tx.query(
    `INSERT INTO identity.access_review_line (org_id, review_id, line, kind, subject_id, subject_name, object_id, object_name, detail, people)
     SELECT $1, $2, s.line, s.seen->>'kind', s.seen->>'subjectId', s.seen->>'subjectName', s.seen->>'objectId', s.seen->>'objectName', s.seen->>'detail',
            ARRAY(SELECT jsonb_array_elements_text(s.seen->'people'))
       FROM jsonb_array_elements($3::jsonb) WITH ORDINALITY AS s(seen, line)`,
    [orgId, review.id, JSON.stringify(seen)],
  );
}

export async function listReviews(db: Sql, orgId: OrgId, page: PageRequest = {}): Promise<Page<AccessReview>> {
  const { after, limit } = pageParameters(page);
  return pageOf(await db.query<AccessReview>(`SELECT ${REVIEW} FROM identity.access_review r WHERE r.org_id = $1 AND r.id > $2 ORDER BY r.id LIMIT $3`, [orgId, after, limit]), page, (review) => review.id);
}

export async function getReview(db: Sql, orgId: OrgId, reviewId: string): Promise<AccessReview> {
  const [review] = await db.query<AccessReview>(`SELECT ${REVIEW} FROM identity.access_review r WHERE r.org_id = $1 AND r.id = $2`, [orgId, reviewId]);
  return found(review, 'access review');
}

/** The review with its row locked: nothing is decided and nothing closed until the transaction ends. */
export async function lockReview(tx: Tx, orgId: OrgId, reviewId: string): Promise<AccessReview> {
  await tx.query('SELECT 1 FROM identity.access_review WHERE org_id = $1 AND id = $2 FOR UPDATE', [orgId, reviewId]);
  return getReview(tx, orgId, reviewId);
}

/** Keeps the review from being closed until the transaction ends; false when it is. */
export async function holdOpen(tx: Tx, orgId: OrgId, reviewId: ReviewId): Promise<boolean> {
  const [review] = await tx.query<{ status: string }>('SELECT status FROM identity.access_review WHERE org_id = $1 AND id = $2 FOR SHARE', [orgId, reviewId]);
  return review?.status === 'open';
}

export function listReviewLines(db: Sql, orgId: OrgId, reviewId: ReviewId, asked: { after?: number; limit?: number; undecided?: boolean } = {}): Promise<AccessReviewLine[]> {
  return db.query(
    `SELECT ${LINE} FROM identity.access_review_line WHERE org_id = $1 AND review_id = $2 AND line > $3 AND (NOT $4 OR decision IS NULL) ORDER BY line LIMIT $5`,
    [orgId, reviewId, asked.after ?? 0, asked.undecided ?? false, asked.limit ?? null],
  );
}

export async function findReviewLine(db: Sql, orgId: OrgId, reviewId: ReviewId, line: number): Promise<AccessReviewLine | undefined> {
  const [found] = await db.query<AccessReviewLine>(`SELECT ${LINE} FROM identity.access_review_line WHERE org_id = $1 AND review_id = $2 AND line = $3`, [orgId, reviewId, line]);
  return found;
}

/** What was revoked stays so; false then. */
export async function decideLine(tx: Tx, orgId: OrgId, reviewId: ReviewId, line: number, decided: { decision: 'keep' | 'revoke'; note: string; by: string }): Promise<boolean> {
  const done = await tx.query(
    `UPDATE identity.access_review_line SET decision = $4, note = $5, decided_by = $6, decided_at = now()
      WHERE org_id = $1 AND review_id = $2 AND line = $3 AND decision IS DISTINCT FROM 'revoke' RETURNING line`,
    [orgId, reviewId, line, decided.decision, decided.note, decided.by],
  );
  return done.length > 0;
}

export async function closeReview(tx: Tx, orgId: OrgId, reviewId: ReviewId, attested: { by: string; name: string; linesHash: string }): Promise<void> {
  await tx.query(`UPDATE identity.access_review SET status = 'closed', attested_by = $3, attested_name = $4, attested_at = now(), lines_hash = $5 WHERE org_id = $1 AND id = $2`, [
    orgId,
    reviewId,
    attested.by,
    attested.name,
    attested.linesHash,
  ]);
}
