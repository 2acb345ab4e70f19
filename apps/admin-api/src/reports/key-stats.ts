import type { BillingForAdmin, KeyStats, KeyStatsQuery, UsageDimension, UsageItemMessage, VaultForAdmin } from '@byok/contracts';
import { may, type Principal } from '@byok/identity';
import type { Clock } from '@byok/kernel';
import { forbidden } from '../access/demand.js';
import { actorIds } from '../clients/vault.client.js';
import { keyResource } from '../keys/key-owner.js';
import { periodOf } from '../usage/period.js';
import { ownUsage } from '../usage/usage-scope.js';

const MOST_MODELS = 20;
const ALL = 1_000;

export interface KeyStatsDeps {
  vault: Pick<VaultForAdmin, 'getKey'>;
  billing: Pick<BillingForAdmin, 'getUsage'>;
  clock: Clock;
}

/** What a key was used for: all of it for who may see that, otherwise what the caller did with it. */
export async function keyStats(deps: KeyStatsDeps, principal: Principal, path: { key: string }, query: KeyStatsQuery): Promise<KeyStats> {
  const key = await deps.vault.getKey({ actor: actorIds(principal), keyId: path.key });
  if (!may(principal, 'usage:read')) throw forbidden('usage:read');
  const filters = { key: key.id, ...(may(principal, 'usage:read', keyResource(key)) ? {} : ownUsage(principal)) };
  const period = periodOf(query, deps.clock);
  const ask = async (groupBy: UsageDimension[]) => (await deps.billing.getUsage({ orgId: principal.orgId, ...period, groupBy, filters, after: '', limit: ALL })).items;
  const [[total], days, models] = await Promise.all([ask([]), ask(['day']), ask(['model'])]);
  return {
    key: key.id,
    ...period,
    ...useOf(total!),
    inputTokens: total!.inputTokens,
    outputTokens: total!.outputTokens,
    days: days.map((item) => ({ day: item.by['day']!, ...useOf(item) })),
    models: [...models].sort((one, other) => other.requests - one.requests).slice(0, MOST_MODELS).map((item) => ({ model: item.by['model']!, ...useOf(item) })),
  };
}

function useOf({ requests, totalTokens, costUsd, knownCostUsd }: UsageItemMessage): Pick<KeyStats, 'requests' | 'totalTokens' | 'costUsd' | 'knownCostUsd'> {
  return { requests, totalTokens, costUsd: costUsd || null, knownCostUsd };
}
