import type { CloseReview, Review } from '@byok/contracts';
import { closeReview as close, getReview, listReviewLines, lockReview, type Principal } from '@byok/identity';
import { AppError } from '@byok/kernel';
import { appendAudit, type Database } from '@byok/platform';
import { demand, forbidden, orgOf } from '../access/demand.js';
import { hashLines } from './hash-lines.js';
import { reviewToWire } from './review-to-wire.js';

/** Attests a review in which every line is decided. Nothing of it changes afterwards; the hash of its lines is in the audit chain, too. */
export async function closeReview(deps: { db: Database }, principal: Principal, path: { org: string; review: string }, { name }: CloseReview): Promise<Review> {
  const org = orgOf(principal, path.org);
  demand(principal, 'review:update', { org });
  const by = principal.userId;
  if (by === null) throw forbidden('review:update: a person has to attest');
  await deps.db.transaction(async (tx) => {
    const review = await lockReview(tx, org, path.review);
    if (review.status === 'closed') throw new AppError('conflict', 'This review is closed.');
    if (review.undecided > 0) throw new AppError('conflict', `${review.undecided} lines of this review are not decided.`, { details: { undecided: review.undecided } });
    const linesHash = hashLines(review, await listReviewLines(tx, org, review.id));
    await close(tx, org, review.id, { by, name, linesHash });
    await appendAudit(tx, 'identity.audit', { orgId: org, action: 'review.close', actorId: by, targetId: review.id, outcome: 'allowed', details: { name, lines: review.lines, linesHash: inGroups(linesHash), ...(principal.tokenId ? { tokenId: principal.tokenId } : {}) } });
  });
  return reviewToWire(await getReview(deps.db, org, path.review), true);
}

/** The audit takes a long run of digits for a secret. */
function inGroups(hash: string): string {
  return hash.replace(/.{8}(?=.)/g, '$& ');
}
