import type { DecideReview, ReviewDecisions } from '@byok/contracts';
import { decideLine, findReviewLine, getReview, holdOpen, type AccessReview, type Principal } from '@byok/identity';
import { AppError, toAppError, type OrgId } from '@byok/kernel';
import { demand, orgOf } from '../access/demand.js';
import { actorOf, recordChange } from '../access/record-change.js';
import { revokeAccess, type RevokeAccessDeps } from './revoke-access.js';

type Decision = DecideReview['decisions'][number];

/** Keeps or revokes, line by line: each by itself, so that one that cannot be done holds up no other. Revoking acts before it is written down. */
export async function decideReview(deps: RevokeAccessDeps, principal: Principal, path: { org: string; review: string }, { decisions }: DecideReview): Promise<ReviewDecisions> {
  const org = orgOf(principal, path.org);
  demand(principal, 'review:update', { org });
  const review = await getReview(deps.db, org, path.review);
  if (review.status === 'closed') throw new AppError('conflict', 'This review is closed.');
  const items: ReviewDecisions['items'] = [];
  for (const decision of decisions) items.push({ line: decision.line, ...(await attempt(() => decide(deps, principal, org, review, decision))) });
  return { items, undecided: (await getReview(deps.db, org, review.id)).undecided };
}

async function decide(deps: RevokeAccessDeps, principal: Principal, org: OrgId, review: AccessReview, { line, decision, note }: Decision): Promise<void> {
  const seen = await findReviewLine(deps.db, org, review.id, line);
  if (!seen) throw new AppError('not_found', 'There is no such line.');
  if (seen.decision === 'revoke') {
    if (decision === 'keep') throw new AppError('conflict', 'This access was revoked. Give it anew where it belongs.');
    return;
  }
  if (decision === 'revoke') await revokeAccess(deps, principal, org, review, seen);
  const change = { org, action: 'review.decide', target: review.id, details: { line, decision, kind: seen.kind, subjectId: seen.subjectId, objectId: seen.objectId } };
  await recordChange(deps.db, principal, change, async (tx) => {
    if (!(await holdOpen(tx, org, review.id))) throw new AppError('conflict', 'This review was closed at the same moment.');
    await decideLine(tx, org, review.id, line, { decision, note, by: actorOf(principal) });
  });
}

async function attempt(work: () => Promise<void>): Promise<{ done: boolean; problem: string | null }> {
  try {
    await work();
    return { done: true, problem: null };
  } catch (error) {
    const known = toAppError(error);
    if (known.rule.http >= 500) throw known;
    return { done: false, problem: known.message };
  }
}
