import { PROVIDERS } from './index.js';

describe('the key of any provider', () => {
  it.each(PROVIDERS.map((provider) => [provider.id, provider] as const))('D02 is no part of an address: %s', (_id, provider) => {
    const readable = provider.configFields.filter((field) => !field.secret).map((field) => field.name);
    const addresses = JSON.stringify([provider.baseUrl, provider.paths]);
    const places = [...addresses.matchAll(/\{(\w+)\}/g)].map(([, name]) => name!);
    for (const place of places) expect([place, ['model', 'model_path', ...readable].includes(place)]).toEqual([place, true]);
    expect(addresses).not.toMatch(/[?&](?:key|api[-_]?key|token|access_token|auth)=/i);
    expect(['header', 'aws-sigv4', 'google-service-account']).toContain(provider.auth.kind);
  });
});
