import type { Sql } from '@byok/platform';
import { raiseAlerts, type NewAlert } from '../store/alerts.store.js';
import { whoAskedForQuota } from '../store/people.store.js';
import { lowQuota } from './low-quota.js';
import type { PricedEvent } from '../store/usage-events.store.js';

// What a provider says of a key that works for nothing; a model that a key may not use is no failing key.
const KEY_TROUBLE = new Set(['key_rejected', 'key_no_credit']);

/** An own key that fails, and credits that began to pay for it: each told once a day and key. A step of the ingest. */
export async function noticeTrouble(tx: Sql, added: readonly PricedEvent[]): Promise<void> {
  await raiseAlerts(tx, uniqueOf([...added.flatMap(failingKey), ...(await creditsStarted(tx, added)), ...(await quotaRanLow(tx, added))]));
}

function failingKey({ event, startedAt }: PricedEvent): NewAlert[] {
  if (event.keyOwner === 'platform' || event.outcome !== 'error' || !KEY_TROUBLE.has(event.errorCode ?? '')) return [];
  return [{ orgId: event.orgId, kind: 'key_failing', subject: event.keyId, occasion: dayOf(startedAt), facts: { provider: event.provider, keyOwner: event.keyOwner, reason: event.errorCode!, ...(event.keyVersion === undefined ? {} : { version: event.keyVersion }) } }];
}

/** Requests in which an own key failed and platform credits paid afterwards, in whichever order their events arrive. */
async function creditsStarted(tx: Sql, added: readonly PricedEvent[]): Promise<NewAlert[]> {
  const requests = added.filter(({ event }) => (event.keyOwner === 'platform' ? event.attempt > 1 : event.outcome === 'error')).map(({ event }) => event.requestId);
  if (requests.length === 0) return [];
  const rows = await tx.query<{ org: string; key: string; reason: string | null; provider: string; model: string; started: Date }>(
    `SELECT own.org_id AS org, own.key_id AS key, own.error_code AS reason, own.provider, paid.model, paid.started_at AS started
     FROM billing.usage_event AS own JOIN billing.usage_event AS paid USING (request_id)
     WHERE request_id = ANY ($1)
       AND own.key_owner <> 'platform' AND own.outcome = 'error' AND paid.key_owner = 'platform' AND paid.attempt > own.attempt AND paid.org_id = own.org_id`,
    [[...new Set(requests)]],
  );
  return rows.map((row) => ({
    orgId: row.org,
    kind: 'credits_started',
    subject: row.key,
    occasion: dayOf(row.started.getTime()),
    facts: { provider: row.provider, model: row.model, reason: row.reason ?? 'unknown' },
  }));
}

/** What a provider says when an account is at its limit; a limit of ours has no answer of a provider. */
function saysLowQuota({ event }: PricedEvent): boolean {
  if (event.keyOwner === 'platform' || event.userId === null || event.outcome !== 'error') return false;
  return event.errorCode === 'key_no_credit' || (event.errorCode === 'rate_limited' && event.httpStatus === 429);
}

/** A key at its provider's limit, for whoever called with it and asked to be told: once a day and key. */
async function quotaRanLow(tx: Sql, added: readonly PricedEvent[]): Promise<NewAlert[]> {
  const low = added.filter(saysLowQuota);
  const asked = await whoAskedForQuota(tx, low.map(({ event }) => event.userId!));
  return low.flatMap(({ event, startedAt }) => (asked.has(event.userId!) ? [lowQuota({ ...event, userId: event.userId! }, dayOf(startedAt), event.errorCode === 'key_no_credit' ? 'its account has no credit left' : 'its provider limits its calls')] : []));
}

function uniqueOf(alerts: readonly NewAlert[]): NewAlert[] {
  return [...new Map(alerts.map((alert) => [[alert.orgId, alert.kind, alert.subject, alert.occasion].join('\n'), alert])).values()];
}

const dayOf = (moment: number): string => new Date(moment).toISOString().slice(0, 10);
