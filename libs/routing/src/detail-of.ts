import type { CoolDown } from './conditions.js';
import type { DropReason, UsableKey } from './plan.js';

/** A sentence for people: what became of a key, and what to do about it where somebody can. */
export function detailOf(reason: DropReason | null, provider: string, key: UsableKey, model: string, coolDown: CoolDown | null): string {
  if (reason === null) return `Kept: ${provider} serves ${model} with this key.`;
  if (reason === 'cooling_down' && coolDown) return `Dropped: left alone until ${new Date(coolDown.until).toISOString()}, after ${coolDown.code} at ${provider}.`;
  return DETAILS[reason](provider, key);
}

const DETAILS: Record<DropReason, (provider: string, key: UsableKey) => string> = {
  owner_out_of_reach: () => 'Dropped: the caller has no part in the owner of this key.',
  unknown_provider: () => 'Dropped: this version does not know the provider of this key.',
  model_not_served: (provider) => `Dropped: ${provider} is not asked for this model.`,
  provider_discontinued: (provider) => `Dropped: ${provider} has been discontinued.`,
  model_not_allowed_by_token: () => 'Dropped: the token may not use this model.',
  model_not_allowed_by_policy: () => 'Dropped: the policy of the organisation or of a group does not allow this model.',
  model_not_allowed_by_key: () => 'Dropped: the key is not allowed to serve this model.',
  provider_not_allowed: (provider) => `Dropped: the policy of the organisation or of a group does not allow ${provider}.`,
  region_not_allowed: () => 'Dropped: the policy allows other regions, or it is not known where this key works on data.',
  data_class_not_allowed: () => 'Dropped: the organisation has not declared this key fit for data as confidential as this.',
  dialect_not_supported: (provider) => `Dropped: ${provider} cannot do what this endpoint is for.`,
  cannot_do_task: (provider) => `Dropped: ${provider} is not known to do what this request needs, such as tools or images.`,
  key_unhealthy: (_provider, { status }) => `Dropped: the key is ${status}. Its owner should test it or store a new one.`,
  key_expired: (_provider, { expiresAt }) => `Dropped: the key came to its end${expiresAt ? ` at ${expiresAt}` : ''}. Its owner should give it a later one, or store a new key.`,
  cooling_down: (provider) => `Dropped: left alone for a while after an error at ${provider}.`,
  platform_credits_not_allowed: () => 'Dropped: the organisation has not agreed to spend platform credits in this case.',
  platform_keys_not_granted: () => 'Dropped: the organisation has no access to platform keys.',
  stays_with_provider: () => 'Dropped: by preference another provider than the first is not tried.',
  over_attempt_limit: () => 'Dropped: enough other keys come before it.',
};
