import { authHeaders, extraHeaders } from './auth-headers.js';
import { assertPlain, atOverride, baseUrlOf } from './endpoint-url.js';
import { fillTemplate } from './fill-template.js';
import type { Probe, Provider, ProviderConfig } from './provider.js';

export interface ProbeRequest {
  method: 'GET' | 'POST';
  url: string;
  /** Flat raw header array, the credential included. */
  headers: string[];
  body: string | null;
}

/** The free request that tells whether a key works; null when the provider has none. Judge the answer with `provider.probe.classify`. */
export function probeRequest(provider: Provider, secret: string, config: ProviderConfig, baseUrlOverride?: string): ProbeRequest | null {
  const { probe } = provider;
  if (!probe) return null;
  const url = assertPlain(provider, probeUrl(provider, probe, secret, config, baseUrlOverride));
  const carriesKey = probe.body?.includes('{api_key}') ?? false;
  const headers = carriesKey ? extraHeaders(provider, config) : authHeaders(provider, secret, config);
  if (probe.body === undefined) return { method: probe.method, url, headers, body: null };
  headers.push('content-type', probe.contentType ?? 'application/json');
  // A function, so that a `$` in a key is not taken for a replacement pattern.
  const body = carriesKey ? probe.body.replace('{api_key}', () => encodeURIComponent(secret)) : probe.body;
  return { method: probe.method, url, headers, body };
}

function probeUrl(provider: Provider, probe: Probe, secret: string, config: ProviderConfig, override: string | undefined): string {
  const prefix = Object.keys(probe.urlByPrefix).find((each) => secret.startsWith(each));
  const template = prefix === undefined ? probe.url : probe.urlByPrefix[prefix]!;
  const url = fillTemplate(provider, template, config);
  if (url.startsWith('/')) return baseUrlOf(provider, config, override) + url;
  return override === undefined ? url : atOverride(provider, url, config, override);
}
