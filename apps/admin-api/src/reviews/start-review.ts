import type { Review, StartReview } from '@byok/contracts';
import { getReview, insertReview, type Principal } from '@byok/identity';
import { newId } from '@byok/kernel';
import { demand, orgOf } from '../access/demand.js';
import { actorOf, recordChange } from '../access/record-change.js';
import { reviewToWire } from './review-to-wire.js';
import { seeAccess, type SeeAccessDeps } from './see-access.js';

/** Begins a review of who has which access now. */
export async function startReview(deps: SeeAccessDeps, principal: Principal, path: { org: string }, { name }: StartReview): Promise<Review> {
  const org = orgOf(principal, path.org);
  demand(principal, 'review:update', { org });
  const seen = await seeAccess(deps, principal, org);
  const id = newId('review');
  await recordChange(deps.db, principal, { org, action: 'review.start', target: id, details: { name, lines: seen.length } }, (tx) => insertReview(tx, org, { id, name, startedBy: actorOf(principal) }, seen));
  return reviewToWire(await getReview(deps.db, org, id), true);
}
