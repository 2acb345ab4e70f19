import { resolveModel } from '@byok/providers';
import { NOTHING_KNOWN, planAttempts, whyNone, type Attempt, type Conditions } from '@byok/routing';
import type { Principal } from '@byok/identity';
import type { KeyRing } from './keys-for.js';
import type { Wish } from './read-wish.js';

const REMEMBERED_PER_RING = 64;

/** Plans by ring: planning is pure, so the same ring, principal, endpoint and model give the same plan. */
const remembered = new WeakMap<KeyRing, { principal: Principal; plans: Map<string, readonly Attempt[]> }>();

/**
 * The attempts to make for a call, in order.
 * @throws AppError that says why there is none: model_not_found, model_not_allowed, no_key_available, …
 */
export function planCall(wish: Wish, principal: Principal, ring: KeyRing, conditions: Conditions = NOTHING_KNOWN): readonly Attempt[] {
  let memory = remembered.get(ring);
  if (memory?.principal !== principal) {
    memory = { principal, plans: new Map() };
    remembered.set(ring, memory);
  }
  const name = `${wish.endpoint} ${wish.model}`;
  const known = memory.plans.get(name);
  if (known) return known;
  const attempts = plan(wish, principal, ring, conditions, undefined);
  if (memory.plans.size >= REMEMBERED_PER_RING) memory.plans.clear();
  memory.plans.set(name, attempts);
  return attempts;
}

/** The same without a limit to their number, for a call that only one of them may serve. */
export function planEveryKey(wish: Wish, principal: Principal, ring: KeyRing): readonly Attempt[] {
  return plan(wish, principal, ring, NOTHING_KNOWN, ring.keys.length);
}

function plan(wish: Wish, principal: Principal, ring: KeyRing, conditions: Conditions, maxAttempts: number | undefined): readonly Attempt[] {
  const planned = planAttempts({
    request: { model: wish.model, endpoint: wish.endpoint },
    policy: {
      orgId: principal.orgId,
      userId: principal.userId,
      groupIds: principal.groups.map((group) => group.id),
      allowedModels: principal.allowedModels,
      ...principal.orgPolicy,
    },
    keys: ring.keys,
    targets: resolveModel(wish.model),
    conditions,
    ...(maxAttempts === undefined ? {} : { maxAttempts }),
  });
  if (planned.attempts.length === 0) throw whyNone(planned);
  return planned.attempts;
}
