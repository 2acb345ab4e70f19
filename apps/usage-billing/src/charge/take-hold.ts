import { parse } from '../wire/parse.js';
import { coalesce } from './coalesce.js';
import { HoldWish, type HoldReply } from './hold-wish.js';
import { takeHolds, type HoldDeps } from './take-holds.js';

const WINDOW_MS = 1;
const MOST = 256;

/**
 * Reserves the most that an attempt can cost. Calls of one org are taken together, so that a busy wallet is locked once for many.
 * Asking again with the same event id gives the same answer and reserves nothing more.
 */
export function openTakeHold(deps: HoldDeps): (message: unknown) => Promise<HoldReply> {
  const take = coalesce<HoldWish, HoldReply>({ windowMs: WINDOW_MS, most: MOST, run: (orgId, wishes) => takeHolds(deps, orgId, wishes) });
  return async (message) => {
    const wish = parse(HoldWish, message);
    return take(wish.orgId, wish);
  };
}
