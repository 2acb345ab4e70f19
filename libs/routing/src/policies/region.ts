import type { Provider } from '@byok/providers';
import type { RoutingPolicy, UsableKey } from '../plan.js';

/** Fields of a key that choose where its provider works on the data. */
const REGION_FIELDS = ['data_region', 'region', 'location'] as const;

/**
 * Where a key's provider works on the data: what the org declares of the key, what the key's own fields choose, what the org
 * declares of the provider. null: nobody said.
 */
export function regionOf(key: UsableKey, provider: Provider, { declared = {} }: RoutingPolicy): string | null {
  return declared[key.id]?.region ?? chosenRegion(key, provider) ?? declared[provider.id]?.region ?? null;
}

/** "global" is a choice that promises nothing, so it is no region unless a list names it. */
export function isRegionAllowed(region: string | null, allowed: readonly string[] | undefined): boolean {
  if (allowed === undefined) return true;
  return region !== null && allowed.some((entry) => (entry.endsWith('*') ? region.startsWith(entry.slice(0, -1)) : entry === region));
}

function chosenRegion({ config }: UsableKey, { configFields }: Provider): string | null {
  for (const name of REGION_FIELDS) {
    const field = configFields.find((each) => each.name === name);
    const value = field && (config[name] || field.default);
    if (value) return value;
  }
  return null;
}
