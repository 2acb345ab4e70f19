import { aggregatorTarget, findProvider, upstreamEndpoint } from '@byok/providers';
import type { ModelTarget, Provider } from '@byok/providers';
import { coolDownOf, NOTHING_KNOWN, type CoolDown } from './conditions.js';
import { detailOf } from './detail-of.js';
import type { Considered, DropReason, PlanInput, UsableKey } from './plan.js';
import { isModelAllowed, namesOfModel } from './policies/allowed-models.js';
import { narrowedBy } from './policies/narrowing.js';
import { ownerReach } from './policies/owner-reach.js';

/** A key measured against everything but consent and the attempt limit, which need to know the other keys. */
export interface Candidate {
  key: UsableKey;
  provider: Provider | null;
  target: ModelTarget | null;
  reason: DropReason | null;
  coolDown: CoolDown | null;
}

/** The first reason that speaks against a key, the weightiest first: whose it is, what it is for, what it may do, how it does. */
export function considerKey(key: UsableKey, input: PlanInput): Candidate {
  const provider = findProvider(key.provider) ?? null;
  const target = provider && targetOf(provider, input);
  const reason = reasonAgainst(key, provider, target, input);
  const coolDown = reason === null ? coolDownOf(key, target!.upstreamModel, input.conditions ?? NOTHING_KNOWN) : null;
  return { key, provider, target, reason: coolDown ? 'cooling_down' : reason, coolDown };
}

function targetOf(provider: Provider, { request, targets }: PlanInput): ModelTarget | null {
  if (provider.aggregator) return aggregatorTarget(provider, request.model);
  return targets.find((target) => target.provider.id === provider.id) ?? null;
}

function reasonAgainst(key: UsableKey, provider: Provider | null, target: ModelTarget | null, { request, policy, targets, needs }: PlanInput): DropReason | null {
  const outOfReach = ownerReach(key, policy);
  if (outOfReach) return outOfReach;
  if (!provider) return 'unknown_provider';
  if (!target) return 'model_not_served';
  if (provider.status.state === 'discontinued') return 'provider_discontinued';
  const names = namesOfModel(request.model, targets, target);
  if (!isModelAllowed(policy.allowedModels, names)) return 'model_not_allowed_by_token';
  if (!isModelAllowed(key.allowedModels, names)) return 'model_not_allowed_by_key';
  const narrowed = narrowedBy(key, provider, names, policy);
  if (narrowed) return narrowed;
  if (upstreamEndpoint(provider, request.endpoint) === null) return 'dialect_not_supported';
  if (needs?.some((need) => !provider.capabilities.includes(need))) return 'cannot_do_task';
  if (key.status === 'expired') return 'key_expired';
  return key.status === 'active' ? null : 'key_unhealthy';
}

/**
 * Reasons which leave a key one "for the model": it exists, it just does not work for this call, or its org does not let it. What a
 * policy takes away must not turn into a bill either, or narrowing would spend.
 */
const STILL_OWN_KEY: ReadonlySet<DropReason> = new Set([
  'dialect_not_supported',
  'key_unhealthy',
  'key_expired',
  'cooling_down',
  'cannot_do_task',
  'model_not_allowed_by_policy',
  'provider_not_allowed',
  'region_not_allowed',
  'data_class_not_allowed',
]);

/** True for a key of the caller's own side (user, group, org) that is meant for this model, whether it works or not. */
export function isOwnKeyForModel({ key, reason }: Candidate): boolean {
  return key.owner.type !== 'platform' && (reason === null || STILL_OWN_KEY.has(reason));
}

export function consideredOf({ key, target, provider, coolDown }: Candidate, model: string, reason: DropReason | null): Considered {
  return {
    keyId: key.id,
    owner: { type: key.owner.type, id: key.owner.id },
    provider: key.provider,
    model,
    upstreamModel: target?.upstreamModel ?? null,
    kept: reason === null,
    reason,
    detail: detailOf(reason, provider?.name ?? key.provider, key, target?.upstreamModel ?? 'the model', coolDown),
    coolDown: reason === 'cooling_down' ? coolDown : null,
  };
}
