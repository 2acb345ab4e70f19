import type { NewAlert } from '../store/alerts.store.js';

/** A key of somebody's own side that runs low, for one person who asked to be told. */
export function lowQuota({ orgId, keyId, provider, userId }: { orgId: string; keyId: string; provider: string; userId: string }, day: string, reason: string): NewAlert {
  return { orgId, kind: 'low_quota', subject: keyId, occasion: `${day}/${userId}`, facts: { provider, reason }, userId };
}
