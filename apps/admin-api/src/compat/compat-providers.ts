import type { CompatProviders, ProviderMessage } from '@byok/contracts';
import type { Catalogue } from '../clients/catalogue.js';

export async function compatProviders(deps: { catalogue: Pick<Catalogue, 'all'> }): Promise<CompatProviders> {
  const offered = (await deps.catalogue.all()).filter((provider) => provider.status !== 'discontinued');
  return { success: true, providers: offered.map(providerToCompat) };
}

/** The fields that must be filled in; a provider that needs nothing but a key has none on this wire. */
function providerToCompat({ id, name, configFields }: ProviderMessage): CompatProviders['providers'][number] {
  const requiresConfig = configFields.some((field) => !field.secret && field.required);
  return { id, name, requiresConfig, configFields: requiresConfig ? configFields.filter((field) => field.required).map((field) => field.name) : [] };
}
