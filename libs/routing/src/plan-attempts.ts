import { upstreamEndpoint } from '@byok/providers';
import { considerKey, consideredOf, isOwnKeyForModel } from './consider-key.js';
import type { Candidate } from './consider-key.js';
import type { Attempt, DropReason, Plan, PlanInput } from './plan.js';
import { maySpendPlatformCredits } from './policies/consent.js';
import { inOrder } from './policies/order.js';
import type { Ordered } from './policies/order.js';

const MOST_ATTEMPTS = 3;

/** Which keys are tried for a call, in which order, and what became of the others. Pure. */
export function planAttempts(input: PlanInput): Plan {
  const candidates = input.keys.map((key) => considerKey(key, input)).sort(byOrder(input));
  const mayPay = maySpendPlatformCredits(input.policy, candidates.some(isOwnKeyForModel));
  const most = input.maxAttempts ?? MOST_ATTEMPTS;
  const plan: Plan = { request: input.request, attempts: [], considered: [], targets: input.targets };
  for (const candidate of candidates) {
    const reason = candidate.reason ?? reasonAmongOthers(candidate, mayPay, plan.attempts.length >= most);
    plan.considered.push(consideredOf(candidate, reason));
    if (reason === null) plan.attempts.push(attemptOf(candidate, input));
  }
  return plan;
}

function reasonAmongOthers({ key }: Candidate, mayPay: boolean, isFull: boolean): DropReason | null {
  if (key.owner.type === 'platform' && !mayPay) return 'platform_credits_not_allowed';
  return isFull ? 'over_attempt_limit' : null;
}

/** Keys of providers we do not know have no place in the order and come last. */
function byOrder({ policy }: PlanInput): (left: Candidate, right: Candidate) => number {
  const compare = inOrder(policy);
  return (left, right) => {
    if (isOrdered(left) && isOrdered(right)) return compare(left, right);
    return Number(!isOrdered(left)) - Number(!isOrdered(right));
  };
}

function isOrdered(candidate: Candidate): candidate is Candidate & Ordered {
  return candidate.provider !== null;
}

function attemptOf({ key, provider, target }: Candidate, { request }: PlanInput): Attempt {
  return {
    keyId: key.id,
    keyVersion: key.version,
    owner: { type: key.owner.type, id: key.owner.id },
    provider: provider!,
    upstreamModel: target!.upstreamModel,
    endpoint: upstreamEndpoint(provider!, request.endpoint)!,
    config: key.config,
    usesPlatformCredits: key.owner.type === 'platform',
  };
}
