import { findProvider } from '@byok/providers';
import type { Provider } from '@byok/providers';
import type { DropReason, Narrowing, RoutingPolicy, UsableKey } from '../plan.js';
import { isModelAllowed } from './allowed-models.js';
import { classOf, isClassAllowed } from './data-class.js';
import { isRegionAllowed, regionOf } from './region.js';

/** What the policy of the org or of a group has against a key for a model of these names. Every one of them can only take away. */
export function narrowedBy(key: UsableKey, provider: Provider, names: readonly string[], policy: RoutingPolicy): DropReason | null {
  const { narrowings } = policy;
  if (!narrowings || narrowings.length === 0) return null;
  const region = regionOf(key, provider, policy);
  const fitFor = classOf(key, provider, policy);
  for (const narrowing of narrowings) {
    if (!isModelAllowed(narrowing.allowedModels ?? [], names)) return 'model_not_allowed_by_policy';
    if (!isProviderAllowed(provider, narrowing)) return 'provider_not_allowed';
    if (!isRegionAllowed(region, narrowing.allowedRegions)) return 'region_not_allowed';
    if (!isClassAllowed(fitFor, narrowing.dataClass)) return 'data_class_not_allowed';
  }
  return null;
}

function isProviderAllowed(provider: Provider, { allowedProviders }: Narrowing): boolean {
  return allowedProviders === undefined || allowedProviders.some((name) => findProvider(name)?.id === provider.id);
}
