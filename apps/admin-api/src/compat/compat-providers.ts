import type { CompatProviders } from '@byok/contracts';
import type { Catalogue } from '../clients/catalogue.js';
import type { CatalogueProvider } from '../clients/probe.client.js';

export async function compatProviders(deps: { catalogue: Pick<Catalogue, 'all'> }): Promise<CompatProviders> {
  const offered = (await deps.catalogue.all()).filter((provider) => provider.status !== 'discontinued');
  return { success: true, providers: offered.map(providerToCompat) };
}

/** One that takes nothing but a key has no fields to fill in. */
function providerToCompat({ id, name, configFields }: CatalogueProvider): CompatProviders['providers'][number] {
  const requiresConfig = configFields.some((field) => !field.secret && field.required);
  const hasConfig = configFields.some((field) => !field.secret);
  return { id, name, requiresConfig, configFields: hasConfig ? configFields.map((field) => field.name) : [] };
}
