import type { Provider } from './provider.js';
import { PROVIDERS, findProvider } from './registry.js';
import { VENDORS } from './vendors.js';

export interface ModelTarget {
  provider: Provider;
  /** The name this provider knows the model by. */
  upstreamModel: string;
}

/** Longer names are nobody's, and patterns never see them. */
const LONGEST_NAME = 256;

/** `provider/model` or a bare name that providers own → the direct providers; unknown → []. */
export function resolveModel(name: string): ModelTarget[] {
  if (name.length === 0 || name.length > LONGEST_NAME) return [];
  const slash = name.indexOf('/');
  if (slash === -1) return ownersOf(name).map((provider) => ({ provider, upstreamModel: ownId(provider, name) }));
  const first = name.slice(0, slash);
  const rest = name.slice(slash + 1);
  if (first.length === 0 || rest.length === 0) return [];
  const provider = findProvider(first) ?? PROVIDERS.find((each) => each.vendorPrefix === first);
  if (provider) return [{ provider, upstreamModel: isOwnId(provider, first, rest) ? name : rest }];
  const host = PROVIDERS.find((each) => each.ownNamespaces.includes(first));
  return (host ? [host] : ownersOfPath(name)).map((each) => ({ provider: each, upstreamModel: name }));
}

/** How an aggregator names the model, or null when it cannot be asked for it. */
export function aggregatorTarget(aggregator: Provider, name: string): ModelTarget | null {
  const upstreamModel = aggregator.aggregator ? nameAt(aggregator, name) : null;
  return upstreamModel === null ? null : { provider: aggregator, upstreamModel };
}

/** True when some provider or vendor is known for the name, whether or not it can be reached directly. */
export function isKnownModel(name: string): boolean {
  const slash = name.indexOf('/');
  if (resolveModel(name).length > 0) return true;
  const first = name.slice(0, slash);
  return slash === -1 ? prefixOfBareName(name) !== null : VENDORS.some(({ prefix, aliases }) => prefix === first || aliases.includes(first));
}

function nameAt(aggregator: Provider, name: string): string | null {
  if (name.length === 0 || name.length > LONGEST_NAME) return null;
  const slash = name.indexOf('/');
  if (slash === -1) {
    const prefix = prefixOfBareName(name);
    return prefix === null ? null : `${prefix}/${name}`;
  }
  const first = name.slice(0, slash);
  const rest = name.slice(slash + 1);
  if (first.length === 0 || rest.length === 0) return null;
  const named = findProvider(first);
  if (named === aggregator) return isOwnId(aggregator, first, rest) ? name : rest;
  // Who names a host (`groq/…`) wants that host; its key alone may serve it.
  if (named) return named.vendorPrefix === null ? null : `${named.vendorPrefix}/${rest}`;
  if (PROVIDERS.some((each) => each.ownNamespaces.includes(first)) || ownersOfPath(name).length > 0) return null;
  const vendor = VENDORS.find((each) => each.aliases.includes(first));
  return vendor ? `${vendor.prefix}/${rest}` : name;
}

function isOwnId(provider: Provider, first: string, rest: string): boolean {
  return provider.ownNamespaces.includes(first) && !rest.includes('/');
}

/** Where a provider's own models are named like those of others it sells, a bare name stands for the longer one. */
function ownId({ vendorPrefix, ownNamespaces }: Provider, bareName: string): string {
  return vendorPrefix !== null && ownNamespaces.includes(vendorPrefix) ? `${vendorPrefix}/${bareName}` : bareName;
}

function ownersOf(bareName: string): Provider[] {
  return PROVIDERS.filter((provider) => provider.ownsModel.some((pattern) => pattern.test(bareName)));
}

/** Of an id that is a path as a whole, such as an ARN: only patterns that speak of a slash are meant for those. */
function ownersOfPath(name: string): Provider[] {
  return PROVIDERS.filter((provider) => provider.ownsModel.some((pattern) => pattern.source.includes('\\/') && pattern.test(name)));
}

function prefixOfBareName(name: string): string | null {
  const owner = PROVIDERS.find((provider) => provider.vendorPrefix !== null && provider.ownsModel.some((pattern) => pattern.test(name)));
  if (owner) return owner.vendorPrefix;
  return VENDORS.find((vendor) => vendor.ownsModel.some((pattern) => pattern.test(name)))?.prefix ?? null;
}
