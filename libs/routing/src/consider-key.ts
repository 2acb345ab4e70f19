import { aggregatorTarget, findProvider, upstreamEndpoint } from '@byok/providers';
import type { ModelTarget, Provider } from '@byok/providers';
import type { Considered, DropReason, PlanInput, UsableKey } from './plan.js';
import { isModelAllowed, namesOfModel } from './policies/allowed-models.js';
import { ownerReach } from './policies/owner-reach.js';

/** A key measured against everything but consent and the attempt limit, which need to know the other keys. */
export interface Candidate {
  key: UsableKey;
  provider: Provider | null;
  target: ModelTarget | null;
  reason: DropReason | null;
}

/** The first reason that speaks against a key, the weightiest first: whose it is, what it is for, what it may do, how it does. */
export function considerKey(key: UsableKey, input: PlanInput): Candidate {
  const provider = findProvider(key.provider) ?? null;
  const target = provider && targetOf(provider, input);
  return { key, provider, target, reason: reasonAgainst(key, provider, target, input) };
}

function targetOf(provider: Provider, { request, targets }: PlanInput): ModelTarget | null {
  if (provider.aggregator) return aggregatorTarget(provider, request.model);
  return targets.find((target) => target.provider.id === provider.id) ?? null;
}

function reasonAgainst(key: UsableKey, provider: Provider | null, target: ModelTarget | null, { request, policy, targets }: PlanInput): DropReason | null {
  const outOfReach = ownerReach(key, policy);
  if (outOfReach) return outOfReach;
  if (!provider) return 'unknown_provider';
  if (!target) return 'model_not_served';
  if (provider.status.state === 'discontinued') return 'provider_discontinued';
  const names = namesOfModel(request.model, targets, target);
  if (!isModelAllowed(policy.allowedModels, names)) return 'model_not_allowed_by_token';
  if (!isModelAllowed(key.allowedModels, names)) return 'model_not_allowed_by_key';
  if (upstreamEndpoint(provider, request.endpoint) === null) return 'dialect_not_supported';
  return key.status === 'active' ? null : 'key_unhealthy';
}

/** Reasons which leave a key one "for the model": it exists, it just does not work for this call. */
const STILL_OWN_KEY: ReadonlySet<DropReason> = new Set(['dialect_not_supported', 'key_unhealthy']);

/** True for a key of the caller's own side (user, group, org) that is meant for this model, whether it works or not. */
export function isOwnKeyForModel({ key, reason }: Candidate): boolean {
  return key.owner.type !== 'platform' && (reason === null || STILL_OWN_KEY.has(reason));
}

export function consideredOf({ key, target, provider }: Candidate, reason: DropReason | null): Considered {
  const name = provider?.name ?? key.provider;
  return {
    keyId: key.id,
    owner: { type: key.owner.type, id: key.owner.id },
    provider: key.provider,
    upstreamModel: target?.upstreamModel ?? null,
    kept: reason === null,
    reason,
    detail: reason === null ? `Kept: ${name} serves ${target?.upstreamModel ?? 'the model'} with this key.` : DETAILS[reason](name, key),
  };
}

const DETAILS: Record<DropReason, (provider: string, key: UsableKey) => string> = {
  owner_out_of_reach: () => 'Dropped: the caller has no part in the owner of this key.',
  unknown_provider: () => 'Dropped: this version does not know the provider of this key.',
  model_not_served: (provider) => `Dropped: ${provider} is not asked for this model.`,
  provider_discontinued: (provider) => `Dropped: ${provider} has been discontinued.`,
  model_not_allowed_by_token: () => 'Dropped: the token may not use this model.',
  model_not_allowed_by_key: () => 'Dropped: the key is not allowed to serve this model.',
  dialect_not_supported: (provider) => `Dropped: ${provider} cannot do what this endpoint is for.`,
  key_unhealthy: (_provider, { status }) => `Dropped: the key is ${status}. Its owner should test it or store a new one.`,
  platform_credits_not_allowed: () => 'Dropped: the organisation has not agreed to spend platform credits in this case.',
  platform_keys_not_granted: () => 'Dropped: the organisation has no access to platform keys.',
  over_attempt_limit: () => 'Dropped: enough other keys come before it.',
};
