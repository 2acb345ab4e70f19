import type { Org as OrgOnWire } from '@byok/contracts';
import type { Org } from '@byok/identity';

export function orgToWire({ id, name, tier, status, policy, createdAt }: Org): OrgOnWire {
  return { id, name, tier, status, ...policy, createdAt: createdAt.toISOString() };
}
