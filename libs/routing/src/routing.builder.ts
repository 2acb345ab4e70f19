import { openPriceBook, type PriceBook } from '@byok/pricing';
import { resolveModel } from '@byok/providers';
import { NOTHING_KNOWN, type Conditions } from './conditions.js';
import { planAttempts } from './plan-attempts.js';
import { planRequest, type RequestInput, type RequestPlan } from './plan-request.js';
import { chooseTask } from './tasks/choose-task.js';
import type { TaskSigns } from './tasks/signs.js';
import type { Plan, PlanInput, RoutingPolicy, UsableKey } from './plan.js';

export const POLICY: RoutingPolicy = { orgId: 'org_a', userId: 'usr_a', groupIds: ['grp_a'], allowedModels: [], platformCredits: 'when-no-key', aggregator: 'first', platformKeysGranted: true };
const OWNER_IDS = { user: 'usr_a', group: 'grp_a', org: 'org_a', platform: 'platform' } as const;

/** For specs: a key of the org for OpenAI. */
export function aKey({ owner = 'org', ...facts }: Partial<Omit<UsableKey, 'owner'>> & { owner?: keyof typeof OWNER_IDS } = {}): UsableKey {
  return { id: 'key_1', owner: { type: owner, id: OWNER_IDS[owner] }, provider: 'openai', version: 1, status: 'active', allowedModels: [], config: {}, priority: 100, ...facts };
}

export function planOf(keys: UsableKey[], policy: Partial<RoutingPolicy> = {}, rest: Partial<Omit<PlanInput, 'keys' | 'policy' | 'request'>> & { request?: Partial<PlanInput['request']> } = {}): Plan {
  const request = { model: 'gpt-4o', endpoint: 'chat' as const, ...rest.request };
  return planAttempts({ targets: resolveModel(request.model), ...rest, keys, request, policy: { ...POLICY, ...policy } });
}

const NOTHING_SHOWN: TaskSigns = { endpoint: 'chat', text: 'hello', characters: 100, hasTools: false, hasImages: false, asksToReason: false };

/** For specs: the whole plan of a call, its task chosen first. */
export function requestOf(keys: UsableKey[], model: string, rest: Partial<Omit<RequestInput, 'policy' | 'keys' | 'request' | 'chosen'>> & { policy?: Partial<RoutingPolicy>; draw?: string; task?: string; signs?: () => TaskSigns } = {}): RequestPlan {
  const { policy, draw = 'req_1', task = null, signs = () => NOTHING_SHOWN, names = {}, ...input } = rest;
  const chosen = chooseTask({ request: { model }, names, task, signs });
  return planRequest({ ...input, names, chosen, keys, request: { model, endpoint: 'chat', draw }, policy: { ...POLICY, ...policy } });
}

export const ids = ({ attempts }: Plan): string[] => attempts.map(({ keyId }) => keyId);
export const reasonOf = ({ considered }: Plan, keyId: string): string | null | undefined => considered.find((each) => each.keyId === keyId)?.reason;

/** `{'openai/gpt-4o': 5n}`: pico-USD per token, in and out. */
export function pricesOf(rates: Record<string, bigint>): PriceBook {
  return openPriceBook(
    Object.entries(rates).map(([name, rate]) => {
      const slash = name.indexOf('/');
      const model = name.slice(slash + 1);
      return {
        ...{ id: `prc_${name}`, layer: 'imported' as const, orgId: null, provider: name.slice(0, slash), model, match: { equals: model }, rank: 0, precedence: 0 },
        ...{ rates: { input: rate, output: rate }, tiers: [], requestFee: 0n, effectiveFrom: null, effectiveTo: null, dailyWindow: null, source: 'spec' },
      };
    }),
  );
}

export function conditions(known: Partial<Conditions>): Conditions {
  return { ...NOTHING_KNOWN, now: 1_000_000, ...known };
}
