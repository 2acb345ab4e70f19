import { fieldValue } from './fill-template.js';
import type { Provider, ProviderConfig } from './provider.js';

/** Flat raw header array: the credential where it is a header, and the provider's own fixed or configured headers. */
export function authHeaders(provider: Provider, secret: string, config: ProviderConfig): string[] {
  const headers: string[] = [];
  const { auth } = provider;
  if (auth.kind === 'header' && (secret !== '' || !auth.optional)) headers.push(auth.header, auth.prefix + secret);
  headers.push(...extraHeaders(provider, config));
  return headers;
}

/** The headers that hold no credential. */
export function extraHeaders(provider: Provider, config: ProviderConfig): string[] {
  const headers: string[] = [];
  for (const { name, value } of provider.headers) {
    const field = value.startsWith('{') ? value.slice(1, -1) : null;
    if (field === null) headers.push(name, value);
    else if (Object.hasOwn(config, field) && config[field] !== '') headers.push(name, fieldValue(provider, config, field));
  }
  return headers;
}
