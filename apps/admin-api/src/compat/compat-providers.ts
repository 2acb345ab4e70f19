import type { CompatProviders } from '@byok/contracts';
import type { Catalogue } from '../clients/catalogue.js';
import type { CatalogueProvider } from '../clients/probe.client.js';

export async function compatProviders(deps: { catalogue: Pick<Catalogue, 'all'> }): Promise<CompatProviders> {
  const offered = (await deps.catalogue.all()).filter((provider) => provider.status !== 'discontinued');
  return { success: true, providers: offered.map(providerToCompat) };
}

/** The fields that must be filled in; a provider that needs nothing but a key has none on this wire. */
function providerToCompat({ id, name, configFields }: CatalogueProvider): CompatProviders['providers'][number] {
  const requiresConfig = configFields.some((field) => !field.secret && field.required);
  return { id, name, requiresConfig, configFields: requiresConfig ? configFields.filter((field) => field.required).map((field) => field.name) : [] };
}
