import { AppError } from '@byok/kernel';
import { findProvider, isKnownModel, providerDiscontinued, upstreamEndpoint } from '@byok/providers';
import type { Considered, DropReason, Plan } from './plan.js';
import type { RequestPlan } from './plan-request.js';

/** The error that tells the caller why their plan is empty and which owners were looked at. */
export function whyNone(plan: Plan | RequestPlan): AppError {
  const { request, considered, targets } = plan;
  const concerned = considered.filter(({ reason }) => reason !== 'owner_out_of_reach' && reason !== 'unknown_provider' && reason !== 'model_not_served');
  if (concerned.length === 0) return 'task' in plan && plan.task ? nothingForTask(plan, plan.task.task) : nothingForModel(plan);

  const reasons = new Set(concerned.map(({ reason }) => reason));
  if (reasons.has('model_not_allowed_by_token')) return new AppError('model_not_allowed', `This token may not use the model ${shown(request.model)}.`, { details: { model: request.model } });
  if (isOnly(reasons, 'provider_discontinued')) return discontinuedOf(targets[0]?.provider.id ?? concerned[0]!.provider) ?? noKey(plan, concerned);
  if (isOnly(reasons, 'model_not_allowed_by_key')) {
    return new AppError('model_not_allowed', `No key you may use is allowed to serve the model ${shown(request.model)}.`, { details: { model: request.model, considered: factsOf(concerned) } });
  }
  if (isOnly(reasons, 'model_not_allowed_by_policy')) {
    return new AppError('model_not_allowed', `The policy of your organisation or group does not allow the model ${shown(request.model)}.`, { details: { model: request.model } });
  }
  if (reasons.has('cooling_down')) return coolingDown(plan, concerned);
  if (reasons.has('dialect_not_supported') && !reasons.has('key_unhealthy') && !reasons.has('key_expired')) return dialectError(plan, concerned);
  return noKey(plan, concerned);
}

/** Keys that could serve it are left alone for a while: the caller hears what for, and when to come again. */
function coolingDown({ request, now }: Plan, concerned: readonly Considered[]): AppError {
  const soonest = concerned.flatMap(({ coolDown }) => coolDown ?? []).sort((left, right) => left.until - right.until)[0]!;
  const until = new Date(soonest.until).toISOString();
  return new AppError(soonest.code, `Every key that could serve ${shown(request.model)} has failed lately and is left alone for a while; the first is tried again at ${until}.`, {
    details: { model: request.model, coolingDown: true, retryAfterMs: Math.max(0, soonest.until - now), considered: factsOf(concerned) },
  });
}

function nothingForTask({ request, considered, models }: RequestPlan, task: string): AppError {
  const those = models.length > 0 ? ` Looked for: ${models.map(shown).join(', ')}.` : ' Name a model, or ask your admin for a list of models for it.';
  return new AppError('no_key_available', `None of your keys reaches a model for the task ${shown(task)}.${those}`, { details: { model: request.model, task, keysSeen: considered.length } });
}

function nothingForModel(plan: Plan): AppError {
  const { request, targets } = plan;
  const alive = targets.filter(({ provider }) => provider.status.state !== 'discontinued');
  if (targets.length > 0 && alive.length === 0) return providerDiscontinued(targets[0]!.provider);
  if (targets.length > 0 && alive.every(({ provider }) => upstreamEndpoint(provider, request.endpoint) === null)) return dialectError(plan, []);
  if (!isKnownModel(request.model)) {
    return new AppError('model_not_found', `No provider is known for the model ${shown(request.model)}. Write it as provider/model, or see GET /v1/models.`, { details: { model: request.model } });
  }
  return noKey(plan, []);
}

function isOnly(reasons: ReadonlySet<DropReason | null>, reason: DropReason): boolean {
  return reasons.size === 1 && reasons.has(reason);
}

function discontinuedOf(id: string): AppError | null {
  const provider = findProvider(id);
  return provider?.status.state === 'discontinued' ? providerDiscontinued(provider) : null;
}

function dialectError({ request, targets }: Plan, concerned: readonly Considered[]): AppError {
  const provider = findProvider(concerned.find(({ reason }) => reason === 'dialect_not_supported')?.provider ?? '') ?? targets[0]?.provider;
  const speaks = Object.keys(provider?.endpoints ?? {});
  return new AppError('dialect_not_supported', `${provider?.name ?? 'The provider'} does not serve ${shown(request.model)} on this endpoint (${request.endpoint}); it serves: ${speaks.join(', ') || 'none'}.`, {
    details: { model: request.model, endpoint: request.endpoint, provider: provider?.id, speaks },
  });
}

function noKey({ request, considered }: Plan, concerned: readonly Considered[]): AppError {
  const owners = ['user', 'group', 'organisation', 'platform'];
  const why = concerned.map(({ owner, provider, detail }) => ` The ${owner.type}'s ${provider} key: ${detail}`).slice(0, 5);
  return new AppError('no_key_available', `No key can serve ${shown(request.model)}. Looked at keys of: ${owners.join(', ')}.${why.join('') || ' None of them has a key for its provider.'}`, {
    details: { model: request.model, ownersLookedAt: ['user', 'group', 'org', 'platform'], keysSeen: considered.length, considered: factsOf(concerned) },
  });
}

function factsOf(considered: readonly Considered[]): Record<string, unknown>[] {
  return considered.map(({ keyId, owner, provider, reason }) => ({ ...(owner.type === 'platform' ? {} : { keyId }), owner: owner.type, provider, reason }));
}

/** The caller's own word, short and on one line. */
function shown(model: string): string {
  return JSON.stringify(model.length > 80 ? `${model.slice(0, 80)}…` : model);
}
