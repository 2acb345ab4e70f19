import type { Provider, ProviderConfig } from './provider.js';

/** Flat raw header array: the credential and the provider's own fixed or configured headers. */
export declare function authHeaders(provider: Provider, secret: string, config: ProviderConfig): string[];
