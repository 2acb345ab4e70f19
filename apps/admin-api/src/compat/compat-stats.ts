import type { BillingForAdmin, CompatStats, VaultForAdmin } from '@byok/contracts';
import type { Principal } from '@byok/identity';
import type { Clock } from '@byok/kernel';
import { groupKeys, ownKeys } from './compat-keys.js';

export interface CompatStatsDeps {
  vault: Pick<VaultForAdmin, 'listKeys'>;
  billing: Pick<BillingForAdmin, 'getUsage'>;
  clock: Clock;
}

/** The caller's keys, and how many calls they made, ever. */
export async function compatStats(deps: CompatStatsDeps, principal: Principal): Promise<CompatStats> {
  const own = await ownKeys(deps.vault, principal);
  const shared = await groupKeys(deps.vault, principal);
  const who: Record<string, string> = principal.userId === null ? { token: principal.tokenId ?? '' } : { user: principal.userId };
  const period = { from: '2020-01-01T00:00:00.000Z', to: new Date(deps.clock.now() + 86_400_000).toISOString() };
  const usage = await deps.billing.getUsage({ orgId: principal.orgId, ...period, groupBy: [], filters: who, after: '', limit: 1 });
  const providers = [...new Set([...own, ...shared].map((key) => key.provider))].sort();
  return { success: true, stats: { userKeys: own.length, groupKeys: shared.length, providers, totalUsage: usage.items[0]?.requests ?? 0 } };
}
