import { OWNERS } from '@byok/kernel';
import { findProvider, resolveModel } from '@byok/providers';
import { NOTHING_KNOWN } from '../conditions.js';
import { planAttempts } from '../plan-attempts.js';
import type { Attempt, ModelNames, PlanInput, RoutingPolicy } from '../plan.js';
import { comparablePrice, comparePrices } from '../policies/cheapest.js';
import { latencyOf, successRateOf } from '../policies/latency.js';
import { candidateModels } from './candidate-models.js';

/** Of all that could do it so many are planned. */
const MOST_MODELS = 3;

type PickInput = Omit<PlanInput, 'targets'> & { names: ModelNames };

interface Pick {
  model: string;
  first: Attempt;
  price: bigint | null;
}

/**
 * The models for a task, the best first, of those that a key can serve now: nearest owner, what the caller prefers, lowest price, then
 * performance history. Where prices are not known, the order of the list is kept.
 */
export function pickModels(task: string, needs: readonly string[], input: PickInput): { models: readonly string[]; hasOwnKey: boolean } {
  const names = candidateModels(task, input.keys, input.names).map((name) => aliasOf(name, input.names));
  const plans = [...new Set(names)].map((model) => ({ model, plan: planAttempts({ ...input, needs, request: { ...input.request, model }, targets: resolveModel(model), maxAttempts: 1 }) }));
  const hasOwnKey = plans.some(({ plan }) => plan.hasOwnKey);
  const picks = plans.flatMap(({ model, plan }): Pick[] => {
    // A bill is no substitute for a key of one's own, not even one for another model.
    const first = plan.attempts.find(({ usesPlatformCredits }) => !usesPlatformCredits || !hasOwnKey || input.policy.platformCredits === 'when-no-key-or-key-fails');
    return first ? [{ model, first, price: comparablePrice(first.provider.id, first.upstreamModel, input.request, input.conditions ?? NOTHING_KNOWN, input.policy.orgId) }] : [];
  });
  // Where nothing can serve it, the error is about the candidates.
  if (picks.length === 0) return { models: [...new Set(names)].slice(0, MOST_MODELS), hasOwnKey };
  return { models: picks.sort(byMerit(input)).slice(0, MOST_MODELS).map(({ model }) => model), hasOwnKey };
}

function byMerit({ policy, conditions = NOTHING_KNOWN }: PickInput): (left: Pick, right: Pick) => number {
  const success = ({ first }: Pick): number => Math.round(successRateOf(first.provider.id, first.upstreamModel, conditions) * 10);
  const latency = ({ first }: Pick): number => latencyOf(first.provider.id, first.upstreamModel, conditions);
  return (left, right) =>
    OWNERS.indexOf(left.first.owner.type) - OWNERS.indexOf(right.first.owner.type) ||
    preference(left, policy) - preference(right, policy) ||
    comparePrices(left.price, right.price) ||
    success(right) - success(left) ||
    latency(left) - latency(right);
}

/** Their models in their order, then their providers, then the rest. */
function preference({ model, first }: Pick, { preferences }: RoutingPolicy): number {
  const models = preferences?.preferredModels ?? [];
  const named = models.findIndex((each) => each === model || each === first.upstreamModel || `${first.provider.id}/${first.upstreamModel}` === each);
  if (named !== -1) return named;
  const providers = [preferences?.defaultProvider, preferences?.fallbackProvider].map((name) => name && findProvider(name)?.id);
  const place = providers.indexOf(first.provider.id);
  return models.length + (place === -1 ? providers.length : place);
}

function aliasOf(name: string, { aliases }: ModelNames): string {
  return aliases && Object.hasOwn(aliases, name) ? aliases[name]! : name;
}
