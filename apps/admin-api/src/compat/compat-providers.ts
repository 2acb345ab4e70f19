import type { CompatProviders, ProviderMessage } from '@byok/contracts';
import type { Catalogue } from '../clients/catalogue.js';

export async function compatProviders(deps: { catalogue: Pick<Catalogue, 'all'> }): Promise<CompatProviders> {
  const offered = (await deps.catalogue.all()).filter((provider) => provider.status !== 'discontinued');
  return { success: true, providers: offered.map(providerToCompat) };
}

/** The fields that must be filled in; a provider that needs nothing but a key has none on this wire. */
function providerToCompat(provider: ProviderMessage): CompatProviders['providers'][number] {
  const { id, name, configFields, keyHint, capabilities, models, rateLimitHeaders, environment } = provider;
  const requiresConfig = configFields.some((field) => !field.secret && field.required);
  const links = { console: provider.consoleUrl || null, docs: provider.docsUrl || null, prices: provider.pricesUrl || null };
  const fields = configFields.map((field) => ({ name: field.name, required: field.required, secret: field.secret }));
  return { id, name, requiresConfig, configFields: requiresConfig ? configFields.filter((field) => field.required).map((field) => field.name) : [], keyHint, links, capabilities, models, rateLimitHeaders, fields, environment };
}
