import { AppError } from '@byok/kernel';
import { checkBaseUrl } from './check-base-url.js';
import type { Endpoint } from './endpoints.js';
import { fieldInvalid, fieldValue, fillTemplate } from './fill-template.js';
import type { EndpointPath, Provider, ProviderConfig } from './provider.js';

/** What of a call may be part of its path. */
export interface PathFacts {
  model: string;
  stream: boolean;
}

const NO_FACTS: PathFacts = { model: '', stream: false };

/** True when an endpoint has another path for every model, or for streams. */
export function isPathPerCall(provider: Provider, endpoint: Endpoint): boolean {
  const path = provider.paths[endpoint];
  return typeof path === 'object' || (path?.includes('{model') ?? false);
}

/** The URL of an endpoint, built from validated parts and asserted after parsing. Throws AppError key_config_invalid or dialect_not_supported. */
export function endpointUrl(provider: Provider, endpoint: Endpoint, config: ProviderConfig, baseUrlOverride?: string, facts: PathFacts = NO_FACTS): string {
  const path = provider.paths[endpoint];
  if (path === undefined) throw new AppError('dialect_not_supported', `${provider.name} has no ${endpoint} endpoint.`, { details: { provider: provider.id, endpoint } });
  const template = templateOf(path, config, facts);
  const filled = fillTemplate(provider, withModel(provider, template, facts.model), config);
  if (!filled.startsWith('https://')) return assertPlain(provider, baseUrlOf(provider, config, baseUrlOverride) + filled);
  return assertPlain(provider, baseUrlOverride === undefined ? filled : atOverride(provider, filled, config, baseUrlOverride));
}

function templateOf(path: EndpointPath, config: ProviderConfig, facts: PathFacts): string {
  if (typeof path === 'string') return path;
  if ('field' in path) return Object.hasOwn(config, path.field) && config[path.field] !== '' ? path.filled : path.empty;
  return facts.stream ? path.stream : path.plain;
}

/** The operator moved this provider to another host: every request to it goes there, those with hosts of their own, too. */
export function atOverride(provider: Provider, url: string, config: ProviderConfig, baseUrlOverride: string): string {
  return new URL(baseUrlOf(provider, config, baseUrlOverride)).origin + url.slice(new URL(url).origin.length);
}

function withModel(provider: Provider, template: string, model: string): string {
  if (!template.includes('{model')) return template;
  // Dots alone would climb up the path.
  if (model.split('/').some((segment) => /^\.*$/.test(segment))) throw new AppError('model_not_found', `${provider.name} has no model of this name.`);
  const asSegments = model.split('/').map(encodeURIComponent).join('/');
  return template.replace('{model}', () => encodeURIComponent(model)).replace('{model_path}', () => asSegments);
}

/** The provider's base URL for this config, without a trailing slash. An override is the operator's word and replaces it whole. */
export function baseUrlOf(provider: Provider, config: ProviderConfig, baseUrlOverride?: string): string {
  if (baseUrlOverride !== undefined) {
    const override = baseUrlOverride.replace(/\/$/, '');
    const problem = checkBaseUrl(override);
    if (problem) throw new AppError('key_config_invalid', `The base URL set for ${provider.name} ${problem}.`, { details: { provider: provider.id } });
    return override;
  }
  const { baseUrl } = provider;
  if (typeof baseUrl === 'string') return fillTemplate(provider, baseUrl, config);
  const choice = baseUrl.by.map((name) => fieldValue(provider, config, name)).join('/');
  const chosen = Object.hasOwn(baseUrl.urls, choice) ? baseUrl.urls[choice] : undefined;
  if (chosen === undefined) throw fieldInvalid(provider, baseUrl.by.join(' and '), 'must name a host we know');
  return chosen;
}

/** Parsing must give back exactly what was built: then no part has moved the host, the path or the query. */
export function assertPlain(provider: Provider, built: string): string {
  let parsed: URL | null;
  try {
    parsed = new URL(built);
  } catch {
    // The parser's message quotes the input, so it is dropped on purpose.
    parsed = null;
  }
  // Host names do not care about case and default ports are dropped; everything else must be the same.
  const written = built.replace(/^https?:\/\/[^/]+/, (origin) => origin.toLowerCase().replace(/^(http:.*):80$|^(https:.*):443$/, '$1$2'));
  if (!parsed || parsed.href !== written || parsed.username !== '' || parsed.password !== '' || parsed.hash !== '') {
    throw new AppError('key_config_invalid', `The address of this ${provider.name} key is not a plain URL.`, { details: { provider: provider.id } });
  }
  return parsed.href;
}
