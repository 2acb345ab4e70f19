import { DATA_CLASSES, type DataClass } from '@byok/contracts';
import type { Provider } from '@byok/providers';
import type { RoutingPolicy, UsableKey } from '../plan.js';

/** Up to which class of data the org declares a key fit; what nobody declared is fit for what is public. */
export function classOf(key: UsableKey, provider: Provider, { declared = {} }: RoutingPolicy): DataClass {
  return declared[key.id]?.dataClass ?? declared[provider.id]?.dataClass ?? 'public';
}

export function isClassAllowed(fitFor: DataClass, needed: DataClass | undefined): boolean {
  return needed === undefined || DATA_CLASSES.indexOf(fitFor) >= DATA_CLASSES.indexOf(needed);
}
