import { upstreamEndpoint } from '@byok/providers';
import { NOTHING_KNOWN } from './conditions.js';
import { considerKey, consideredOf, isOwnKeyForModel } from './consider-key.js';
import type { Candidate } from './consider-key.js';
import type { Attempt, DropReason, Plan, PlanInput, RestsOn } from './plan.js';
import { maySpendPlatformCredits } from './policies/consent.js';
import { inOrder, type Order } from './policies/order.js';
import type { Ordered } from './policies/ordered.js';

/** Of one model. */
export const MOST_ATTEMPTS = 3;

/** Which keys are tried for a call, in which order, and what became of the others. Pure. */
export function planAttempts(input: PlanInput): Plan {
  const conditions = input.conditions ?? NOTHING_KNOWN;
  const order = inOrder(input.policy, input.request, conditions);
  const candidates = input.keys.map((key) => considerKey(key, input)).sort(byOrder(order));
  const hasOwnKey = candidates.some(isOwnKeyForModel);
  const mayPay = maySpendPlatformCredits(input.policy, hasOwnKey || input.hasOwnKey === true);
  const plan: Plan = { request: input.request, attempts: [], considered: [], targets: input.targets, hasOwnKey, restsOn: restsOn(candidates, order), now: conditions.now };
  const isAnyLeft = candidates.some(({ reason, key }) => reason === null && (key.owner.type !== 'platform' || mayPay));
  for (const candidate of candidates) {
    const reason = (isAnyLeft ? candidate.reason : atLast(candidate)) ?? reasonAmongOthers(candidate, mayPay, plan, input);
    plan.considered.push(consideredOf(candidate, input.request.model, reason));
    if (reason === null) plan.attempts.push(attemptOf(candidate, input));
  }
  return plan;
}

/** A key that rests on our guess alone is better than none: its owner may have mended it by now. */
function atLast({ reason, coolDown }: Candidate): DropReason | null {
  return coolDown?.isGuess ? null : reason;
}

function reasonAmongOthers({ key, provider }: Candidate, mayPay: boolean, { attempts }: Plan, { policy, onlyProvider, maxAttempts = MOST_ATTEMPTS }: PlanInput): DropReason | null {
  if (key.owner.type === 'platform' && !mayPay) return 'platform_credits_not_allowed';
  const first = onlyProvider ?? attempts[0]?.provider.id ?? provider!.id;
  if (policy.preferences?.autoSwitchProvider === false && provider!.id !== first) return 'stays_with_provider';
  return attempts.length >= maxAttempts ? 'over_attempt_limit' : null;
}

/** Keys that cannot serve the model have no place in the order and come last, the older first. */
function byOrder({ compare }: Order): (left: Candidate, right: Candidate) => number {
  return (left, right) => {
    if (isOrdered(left) && isOrdered(right)) return compare(left, right);
    return Number(!isOrdered(left)) - Number(!isOrdered(right)) || (left.key.id < right.key.id ? -1 : 1);
  };
}

function isOrdered(candidate: Candidate): candidate is Candidate & Ordered {
  return candidate.provider !== null && candidate.target !== null;
}

/** Neighbours tell it for all: where two further apart are equal in what is fixed, so are the ones between them. */
function restsOn(candidates: readonly Candidate[], order: Order): RestsOn {
  const kept = candidates.filter((candidate): candidate is Candidate & Ordered => candidate.reason === null && isOrdered(candidate));
  let found: RestsOn = candidates.some(({ coolDown }) => coolDown !== null) ? 'measurements' : 'keys';
  for (let index = 1; index < kept.length && found !== 'request'; index++) {
    const pair = order.restsOn(kept[index - 1]!, kept[index]!);
    if (pair !== 'keys') found = pair;
  }
  return found;
}

function attemptOf({ key, provider, target }: Candidate, { request }: PlanInput): Attempt {
  return {
    keyId: key.id,
    keyVersion: key.version,
    owner: { type: key.owner.type, id: key.owner.id },
    provider: provider!,
    model: request.model,
    upstreamModel: target!.upstreamModel,
    endpoint: upstreamEndpoint(provider!, request.endpoint)!,
    config: key.config,
    usesPlatformCredits: key.owner.type === 'platform',
  };
}
