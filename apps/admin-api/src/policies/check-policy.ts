import type { OrgPolicy, Preferences, RoutingSettings } from '@byok/contracts';
import { AppError } from '@byok/kernel';
import type { Catalogue } from '../clients/catalogue.js';

const AUTO = /^auto(?:$|:)/;

/**
 * What a schema cannot tell: providers exist, an alias stands for a model and not for another alias, and names that have a meaning of
 * their own keep it.
 * @throws AppError unknown_provider, invalid_request
 */
export async function checkPolicy(policy: OrgPolicy & RoutingSettings, catalogue: Pick<Catalogue, 'find'>): Promise<void> {
  for (const name of [...(policy.allowedProviders ?? []), ...providersOf(policy.preferences)]) await catalogue.find(name);
  const aliases = policy.aliases ?? {};
  for (const [alias, model] of Object.entries(aliases)) {
    if (AUTO.test(alias)) throw refused(`aliases.${alias}`, 'The names auto and auto:<task> have a meaning of their own.');
    if (Object.hasOwn(aliases, model)) throw refused(`aliases.${alias}`, 'An alias stands for a model, not for another alias.');
  }
  if (policy.baseline !== undefined) await checkBaseline(policy.baseline, catalogue);
  for (const [model, others] of Object.entries(policy.fallbacks ?? {})) {
    if (others.some((each) => AUTO.test(each))) throw refused(`fallbacks.${model}`, 'A fallback is a model of a name, not auto.');
  }
}

/** Prices are looked up by it, so it says whose model it is. */
async function checkBaseline(baseline: string, catalogue: Pick<Catalogue, 'find'>): Promise<void> {
  const [provider = '', model = ''] = baseline.split(/\/(.*)/s);
  if (provider === '' || model === '') throw refused('baseline', 'The baseline is written provider/model, such as openai/gpt-4o.');
  await catalogue.find(provider);
}

/** @throws AppError unknown_provider */
export async function checkPreferences(preferences: Preferences, catalogue: Pick<Catalogue, 'find'>): Promise<void> {
  for (const name of providersOf(preferences)) await catalogue.find(name);
}

function providersOf(preferences: Preferences | undefined): string[] {
  return [preferences?.defaultProvider, preferences?.fallbackProvider].filter((name) => name !== undefined);
}

function refused(field: string, message: string): AppError {
  return new AppError('invalid_request', message, { details: { field } });
}
