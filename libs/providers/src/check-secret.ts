import type { Provider, ProviderConfig } from './provider.js';

export interface CheckedSecret {
  secret: string;
  /** Every non-secret field with its default filled in. */
  config: Record<string, string>;
}

/** Trims and checks shape and fields without any network; throws AppError key_malformed, key_wrong_provider, key_config_invalid, provider_discontinued. */
export declare function checkSecret(provider: Provider, secret: string, config: ProviderConfig): CheckedSecret;
