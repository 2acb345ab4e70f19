import { randomUUID } from 'node:crypto';
import type { AdminClient, Json } from './admin-client.js';

/** Credits given by the operator; the same key twice is one grant. */
export function grantCredits(operator: AdminClient, orgId: string, amountUsd: string, idempotencyKey: string = randomUUID()): Promise<Json> {
  return operator.post(`/api/orgs/${orgId}/credits/grants`, { amountUsd, kind: 'paid', idempotencyKey });
}

/** What the org sees of its credits. */
export function creditsOf(client: AdminClient, orgId: string): Promise<Json> {
  return client.get(`/api/orgs/${orgId}/credits`);
}
