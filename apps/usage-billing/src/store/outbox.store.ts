import type { Sql } from '@byok/platform';
import type { NewAlert } from './alerts.store.js';
import type { Webhook } from './webhooks.store.js';

/** What is known of a webhook when something is sent to it. */
export type Target = Pick<Webhook, 'id' | 'orgId' | 'format' | 'sealedUrl'>;

/** One thing to tell one place. */
export interface Delivery {
  id: string;
  orgId: string;
  attempts: number;
  alert: NewAlert & { id: string; createdAt: Date };
  /** undefined: by e-mail; null: to a webhook that was deleted. */
  webhook: Target | null | undefined;
  mailTo: string[];
}

interface Row extends Pick<Webhook, 'format' | 'sealedUrl'> {
  id: string;
  org_id: string;
  attempts: number;
  alert_id: string;
  kind: NewAlert['kind'];
  subject: string;
  occasion: string;
  facts: NewAlert['facts'];
  alerted_at: Date;
  webhook_id: string | null;
  is_there: boolean;
  mail_to: string[] | null;
}

/**
 * Takes what is due, for as long as the lease: whoever takes at the same moment takes others, and what was taken by somebody who died is
 * due again after it. No org gets more than its share of a round, so that one with dead receivers does not hold up the rest.
 */
export async function takeDue(db: Sql, limit: number, perOrg: number, leaseMs: number): Promise<Delivery[]> {
  const rows = await db.query<Row>(
    `WITH ranked AS (
       SELECT id, row_number() OVER (PARTITION BY org_id ORDER BY id) AS place FROM billing.outbox WHERE status = 'pending' AND next_attempt_at <= clock_timestamp()
     ), due AS (
       SELECT id FROM billing.outbox WHERE id IN (SELECT id FROM ranked WHERE place <= $2) AND status = 'pending' AND next_attempt_at <= clock_timestamp()
       ORDER BY id LIMIT $1 FOR UPDATE SKIP LOCKED
     ), taken AS (
       UPDATE billing.outbox SET attempts = attempts + 1, next_attempt_at = clock_timestamp() + make_interval(secs => $3::float8 / 1000)
       WHERE id IN (SELECT id FROM due) RETURNING id, org_id, attempts, alert_id, webhook_id, user_id
     ) SELECT taken.*, alert.kind, alert.subject, alert.occasion, alert.facts, alert.created_at AS alerted_at, webhook.format,
         webhook.sealed_url AS "sealedUrl", webhook.id IS NOT NULL AS is_there,
         CASE WHEN taken.user_id IS NULL THEN setting.mail_to WHEN person.email IS NULL THEN NULL ELSE ARRAY[person.email] END AS mail_to
       FROM taken JOIN billing.alert ON alert.id = taken.alert_id
       LEFT JOIN billing.webhook ON webhook.id = taken.webhook_id AND webhook.deleted_at IS NULL
       LEFT JOIN billing.alert_setting AS setting ON setting.org_id = taken.org_id
       LEFT JOIN identity.app_user AS person ON person.org_id = taken.org_id AND person.id = taken.user_id AND person.status = 'active' ORDER BY taken.id`,
    [limit, perOrg, leaseMs],
  );
  return rows.map(deliveryOf);
}

export async function markSent(db: Sql, id: string): Promise<void> {
  await db.query(`UPDATE billing.outbox SET status = 'sent', last_problem = NULL, done_at = clock_timestamp() WHERE id = $1`, [id]);
}

/** `retryInMs` null: given up. */
export async function markFailed(db: Sql, id: string, problem: string, retryInMs: number | null): Promise<void> {
  await db.query(
    `UPDATE billing.outbox SET last_problem = $2, status = CASE WHEN $3::float8 IS NULL THEN 'dead' ELSE 'pending' END,
       done_at = CASE WHEN $3::float8 IS NULL THEN clock_timestamp() END, next_attempt_at = clock_timestamp() + make_interval(secs => COALESCE($3::float8, 0) / 1000) WHERE id = $1`,
    [id, problem.slice(0, 300), retryInMs],
  );
}

function deliveryOf(row: Row): Delivery {
  const { id, org_id: orgId, attempts, kind, subject, occasion, facts } = row;
  const webhook = row.webhook_id === null ? undefined : row.is_there ? { id: row.webhook_id, orgId, format: row.format, sealedUrl: row.sealedUrl } : null;
  return { id, orgId, attempts, alert: { id: row.alert_id, orgId, kind, subject, occasion, facts, createdAt: row.alerted_at }, webhook, mailTo: row.mail_to ?? [] };
}
