import { PROVIDERS, environmentOf, type Provider } from '@byok/providers';

/** The catalogue as admin-api shows it. */
export function listProviders(): { items: object[] } {
  return { items: PROVIDERS.map(describe) };
}

function describe(provider: Provider): object {
  return {
    id: provider.id,
    name: provider.name,
    status: provider.status.state,
    statusDetail: provider.status.detail ?? '',
    consoleUrl: provider.links.console ?? '',
    docsUrl: provider.links.docs ?? '',
    pricesUrl: provider.links.prices ?? '',
    keyHint: provider.key.hint,
    configFields: provider.configFields.map((field) => ({ name: field.name, required: field.required, secret: field.secret, format: field.format, default: field.default ?? '' })),
    capabilities: [...new Set([...Object.keys(provider.endpoints), ...provider.capabilities])],
    models: [...provider.models],
    rateLimitHeaders: [...provider.rateLimitHeaders],
    aggregator: provider.aggregator,
    aliases: [...provider.aliases],
    environment: environmentOf(provider),
  };
}
