import type { Provider, ProviderConfig } from './provider.js';

export interface ProbeRequest {
  method: 'GET' | 'POST';
  url: string;
  /** Flat raw header array, the credential included. */
  headers: string[];
  body: string | null;
}

/** The free request that tells whether a key works; null when the provider has none. Judge the answer with `provider.probe.classify`. */
export declare function probeRequest(provider: Provider, secret: string, config: ProviderConfig, baseUrlOverride?: string): ProbeRequest | null;
