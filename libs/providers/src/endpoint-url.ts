import type { Endpoint, Provider, ProviderConfig } from './provider.js';

/** The URL of an endpoint, built from validated parts and asserted after parsing. Throws AppError key_config_invalid or dialect_not_supported. */
export declare function endpointUrl(provider: Provider, endpoint: Endpoint, config: ProviderConfig, baseUrlOverride?: string): string;
