import type { DropReason, RoutingPolicy, UsableKey } from '../plan.js';

/** Whether this caller may use keys of that owner at all. The vault has said so already; a plan is made only of what both say. */
export function ownerReach({ owner }: UsableKey, policy: RoutingPolicy): DropReason | null {
  switch (owner.type) {
    case 'user':
      return owner.id === policy.userId ? null : 'owner_out_of_reach';
    case 'group':
      return policy.groupIds.some((id) => id === owner.id) ? null : 'owner_out_of_reach';
    case 'org':
      return owner.id === policy.orgId ? null : 'owner_out_of_reach';
    case 'platform':
      return policy.platformKeysGranted ? null : 'platform_keys_not_granted';
    default:
      // A kind of owner this version does not know is nobody's.
      return 'owner_out_of_reach';
  }
}
