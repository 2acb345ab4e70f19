import type { Page, Review, ReviewExport, ReviewLine, ReviewLinesQuery, ReviewQuery } from '@byok/contracts';
import { getReview as findReview, listReviewLines, listReviews as findReviews, type AccessReview, type Principal } from '@byok/identity';
import { toCsv, type OrgId } from '@byok/kernel';
import type { Database } from '@byok/platform';
import { demand, orgOf } from '../access/demand.js';
import { hashLines } from './hash-lines.js';
import { lineToWire, reviewToWire } from './review-to-wire.js';

interface Deps {
  db: Database;
}
interface ReviewPath {
  org: string;
  review: string;
}

/** Whether each of them is as it was attested is told by each alone. */
export async function listReviews(deps: Deps, principal: Principal, path: { org: string }, query: ReviewQuery): Promise<Page<Review>> {
  const org = readable(principal, path.org);
  const page = await findReviews(deps.db, org, query);
  const items: Review[] = [];
  for (const review of page.items) items.push(reviewToWire(review, await isIntact(deps.db, org, review)));
  return { items, next: page.next };
}

export async function getReview(deps: Deps, principal: Principal, path: ReviewPath): Promise<Review> {
  const org = readable(principal, path.org);
  const review = await findReview(deps.db, org, path.review);
  return reviewToWire(review, await isIntact(deps.db, org, review));
}

export async function listLines(deps: Deps, principal: Principal, path: ReviewPath, { after, limit, undecided }: ReviewLinesQuery): Promise<Page<ReviewLine>> {
  const org = readable(principal, path.org);
  const { id } = await findReview(deps.db, org, path.review);
  const lines = await listReviewLines(deps.db, org, id, { after, limit: limit + 1, undecided });
  const items = lines.slice(0, limit).map(lineToWire);
  return { items, next: lines.length > limit ? String(items.at(-1)!.line) : null };
}

/** All of it. */
export async function exportReview(deps: Deps, principal: Principal, path: ReviewPath): Promise<ReviewExport> {
  const org = readable(principal, path.org);
  const review = await findReview(deps.db, org, path.review);
  const lines = await listReviewLines(deps.db, org, review.id);
  return { review: reviewToWire(review, review.linesHash === hashLines(review, lines)), lines: lines.map(lineToWire) };
}

export async function exportReviewCsv(deps: Deps, principal: Principal, path: ReviewPath): Promise<string> {
  const { lines } = await exportReview(deps, principal, path);
  const columns = ['line', 'kind', 'subjectId', 'subjectName', 'objectId', 'objectName', 'detail', 'decision', 'note', 'decidedBy', 'decidedAt'] as const;
  return toCsv([[...columns, 'people'], ...lines.map((line) => [...columns.map((column) => line[column]), line.people.join(' ')])]);
}

function readable(principal: Principal, orgId: string): OrgId {
  const org = orgOf(principal, orgId);
  demand(principal, 'review:read', { org });
  return org;
}

async function isIntact(db: Database, org: OrgId, review: AccessReview): Promise<boolean> {
  return review.linesHash === null || review.linesHash === hashLines(review, await listReviewLines(db, org, review.id));
}
