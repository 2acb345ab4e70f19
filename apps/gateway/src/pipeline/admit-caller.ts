import type { Principal } from '@byok/identity';
import type { Call } from '../http/call.js';
import type { Counters } from '../limits/counters.js';
import { admit } from '../limits/rate-limits.js';
import { callerSubjects } from '../limits/subjects.js';
import { estimatedTokens } from '../estimated-tokens.js';
import type { Wish } from './read-wish.js';

/**
 * Lets a call in within the limits of its token, user, group and org; most have none.
 * @throws AppError limit_exceeded
 */
export function admitCaller(principal: Principal, wish: Wish, call: Call, counters: Counters): void | Promise<void> {
  const subjects = callerSubjects(principal);
  if (subjects.length === 0) return;
  return admit(subjects, { id: call.requestId, tokens: estimatedTokens(wish.body.length), code: 'limit_exceeded' }, counters).then((admission) => {
    call.admission = admission;
  });
}
