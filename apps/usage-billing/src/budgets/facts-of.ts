import type { SpendingFacts, UsageEvent } from '@byok/contracts';
import type { NanoUsd } from '@byok/kernel';
import type { PricedEvent } from '../store/usage-events.store.js';

/** What an event says about who spent and on what. */
export function factsOf(event: UsageEvent): SpendingFacts {
  const { orgId, groupId, userId, tokenId, keyId, provider, model, tags, keyOwner } = event;
  return { orgId, groupIds: groupId === null ? [] : [groupId], userId, tokenId, keyId, provider, model, tags, keyOwner };
}

/**
 * What an attempt takes out of a budget: the charge where platform credits paid, the list price where somebody's own key did. A price
 * that nobody knows counts as nothing here: a soft budget cannot guess, and a hard one refuses such a call before it is made.
 */
export function spentBy({ event, costNanoUsd, chargedNanoUsd }: PricedEvent): NanoUsd {
  return (event.keyOwner === 'platform' ? (chargedNanoUsd ?? costNanoUsd) : costNanoUsd) ?? 0n;
}
