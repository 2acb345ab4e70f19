import type { Principal } from '@byok/identity';
import { chooseTask, endpointOf, NOTHING_KNOWN, orderOf, planRequest, readSigns, whyNone, type Attempt, type ChosenTask, type Conditions, type ModelNames, type RequestPlan, type RoutingPolicy } from '@byok/routing';
import { cachePrefix } from './cache-prefix.js';
import type { KeyRing } from './keys-for.js';
import { namesOf, policyOf } from './policy-of.js';
import type { Wish } from './read-wish.js';

const REMEMBERED_PER_RING = 64;
/** What rests on prices and measurements may be as old as this. */
const MEASURED_MS = 1_000;

interface Memory {
  principal: Principal;
  policy: RoutingPolicy;
  names: ModelNames;
  plans: Map<string, { attempts: readonly Attempt[]; until: number }>;
  /** What breakers may speak against. */
  endpoints: readonly string[];
}

/** Plans by ring: planning is pure, so the same ring, principal, endpoint and model give the same plan, as long as it rests on no more. */
const remembered = new WeakMap<KeyRing, Memory>();

/**
 * The attempts to make for a call, in order. `draw` spreads calls where the order does.
 * @throws AppError that says why there is none: model_not_found, model_not_allowed, no_key_available, …
 */
export function planCall(wish: Wish, principal: Principal, ring: KeyRing, conditions: Conditions = NOTHING_KNOWN, draw = ''): readonly Attempt[] {
  const memory = memoryOf(ring, principal);
  const mayRemember = !isConcerned(ring, memory, conditions);
  const chosen = taskOf(wish, memory);
  const name = chosen ? `task:${wish.endpoint} ${chosen.task} ${chosen.needs.join()}` : `${wish.endpoint} ${wish.model}`;
  const known = mayRemember ? memory.plans.get(name) : undefined;
  if (known && known.until > conditions.now) return known.attempts;
  const planned = plan(wish, chosen, memory, ring, conditions, draw, undefined);
  if (planned.attempts.length === 0) throw whyNone(planned);
  if (mayRemember && planned.restsOn !== 'request') {
    if (memory.plans.size >= REMEMBERED_PER_RING) memory.plans.clear();
    memory.plans.set(name, { attempts: planned.attempts, until: planned.restsOn === 'keys' ? Infinity : conditions.now + MEASURED_MS });
  }
  return planned.attempts;
}

/** The same without a limit to their number, for a call that only one of them may serve. */
export function planEveryKey(wish: Wish, principal: Principal, ring: KeyRing): readonly Attempt[] {
  const memory = memoryOf(ring, principal);
  const planned = plan(wish, taskOf(wish, memory), memory, ring, NOTHING_KNOWN, '', ring.keys.length);
  if (planned.attempts.length === 0) throw whyNone(planned);
  return planned.attempts;
}

/** The whole decision with everything that was considered, for who wants to know why: what `planCall` decides, from the same function. */
export function explainPlan(wish: Wish, principal: Principal, ring: KeyRing, conditions: Conditions, draw: string): { plan: RequestPlan; policy: RoutingPolicy } {
  const memory = memoryOf(ring, principal);
  return { plan: plan(wish, taskOf(wish, memory), memory, ring, conditions, draw, undefined), policy: memory.policy };
}

function taskOf(wish: Wish, { names }: Memory): ChosenTask | null {
  return chooseTask({ request: wish, names, task: wish.task ?? null, signs: () => readSigns(wish.endpoint, wish.body) });
}

function plan(wish: Wish, chosen: ChosenTask | null, { policy, names }: Memory, ring: KeyRing, conditions: Conditions, draw: string, maxAttempts: number | undefined): RequestPlan {
  return planRequest({
    request: { model: wish.model, endpoint: wish.endpoint, draw, ...(orderOf(policy) === 'sticky' ? { prefix: cachePrefix(wish) } : {}) },
    policy,
    names,
    keys: ring.keys,
    conditions,
    chosen,
    ...(maxAttempts === undefined ? {} : { maxAttempts }),
  });
}

function memoryOf(ring: KeyRing, principal: Principal): Memory {
  const known = remembered.get(ring);
  if (known?.principal === principal) return known;
  const memory: Memory = { principal, policy: policyOf(principal), names: namesOf(principal), plans: new Map(), endpoints: [...new Set(ring.keys.map(endpointOf))] };
  remembered.set(ring, memory);
  return memory;
}

/** True while something speaks against one of these keys; somebody else's trouble makes nobody plan anew. */
function isConcerned({ keys }: KeyRing, { endpoints }: Memory, { cooling, openEndpoints }: Conditions): boolean {
  return (cooling.size > 0 && keys.some((key) => cooling.has(key.id))) || (openEndpoints.size > 0 && endpoints.some((endpoint) => openEndpoints.has(endpoint)));
}
