import { newId } from '@byok/kernel';
import type { Sql } from '@byok/platform';
import type { AlertKind } from '@byok/contracts';
import { unnestRows, type BulkColumn } from './unnest.js';

/** Something to be told once: the same kind, subject and occasion again is the same alert. */
export interface NewAlert {
  orgId: string;
  kind: AlertKind;
  subject: string;
  occasion: string;
  /** What the sentence is made from; strings and whole numbers only. */
  facts: Record<string, string | number>;
  /** Somebody who is told by e-mail, too. */
  userId?: string;
}

export interface Alert extends NewAlert {
  id: string;
  createdAt: Date;
  acknowledgedAt: Date | null;
  acknowledgedBy: string | null;
  deliveries: { webhookId: string | null; status: string; attempts: number; lastProblem: string | null }[];
}

const COLUMNS: readonly BulkColumn<NewAlert & { id: string }>[] = [
  ['id', 'text', ({ id }) => id],
  ['org_id', 'text', ({ orgId }) => orgId],
  ['kind', 'text', ({ kind }) => kind],
  ['subject', 'text', ({ subject }) => subject],
  ['occasion', 'text', ({ occasion }) => occasion],
  ['facts', 'jsonb', ({ facts }) => JSON.stringify(facts)],
  ['user_id', 'text', ({ userId }) => userId ?? null],
];

/** Told to whoever asked for it, and to nobody else. */
const PERSONAL = `ARRAY['low_quota']`;

/**
 * Adds the alerts that are new, and to the outbox where each has to be told: both with the transaction or neither. However many
 * at the same moment see the same reason, one of them adds it. Answers how many were new.
 */
export async function raiseAlerts(tx: Sql, alerts: readonly NewAlert[]): Promise<number> {
  if (alerts.length === 0) return 0;
  const keyOf = ({ orgId, kind, subject, occasion }: NewAlert): string => [orgId, kind, subject, occasion].join('\n');
  // In one order everywhere, so that two who raise the same alerts wait for each other and never lock each other out.
  const sorted = [...alerts].sort((one, other) => (keyOf(one) < keyOf(other) ? -1 : 1)).map((alert) => ({ ...alert, id: newId('alert') }));
  const { from, parameters } = unnestRows(COLUMNS, sorted);
  const [row] = await tx.query<{ count: string }>(
    `WITH raised AS (
       INSERT INTO billing.alert (id, org_id, kind, subject, occasion, facts, user_id) SELECT * FROM ${from}
       ON CONFLICT (org_id, kind, subject, occasion) DO NOTHING RETURNING id, org_id, kind, user_id, kind = ANY (${PERSONAL}) AS is_personal
     ), posted AS (
       INSERT INTO billing.outbox (org_id, alert_id, webhook_id) SELECT raised.org_id, raised.id, webhook.id FROM raised
       JOIN billing.webhook ON webhook.org_id = raised.org_id AND webhook.deleted_at IS NULL AND (webhook.kinds = '{}' OR raised.kind = ANY (webhook.kinds)) AND NOT is_personal
     ), mailed AS (
       INSERT INTO billing.outbox (org_id, alert_id) SELECT raised.org_id, raised.id FROM raised
       JOIN billing.alert_setting AS setting ON setting.org_id = raised.org_id AND cardinality(setting.mail_to) > 0 AND NOT is_personal
     ), mailed_to_user AS (
       INSERT INTO billing.outbox (org_id, alert_id, user_id) SELECT org_id, id, user_id FROM raised WHERE user_id IS NOT NULL
     ) SELECT count(*) FROM raised`,
    parameters,
  );
  return Number(row!.count);
}

const ALERT = `alert.id, alert.org_id AS "orgId", alert.kind, alert.subject, alert.occasion, alert.facts, alert.created_at AS "createdAt",
  alert.acknowledged_at AS "acknowledgedAt", alert.acknowledged_by AS "acknowledgedBy",
  COALESCE((SELECT jsonb_agg(jsonb_build_object('webhookId', o.webhook_id, 'status', o.status, 'attempts', o.attempts, 'lastProblem', o.last_problem) ORDER BY o.id)
    FROM billing.outbox AS o WHERE o.alert_id = alert.id), '[]') AS deliveries`;

/** Newest first, at most `limit` before `before`. */
export async function listAlerts(db: Sql, orgId: string, page: { before: string; limit: number; isOpen: boolean }): Promise<Alert[]> {
  return db.query<Alert>(
    `SELECT ${ALERT} FROM billing.alert WHERE org_id = $1 AND ($2 = '' OR id < $2) AND ($4 = false OR acknowledged_at IS NULL) ORDER BY id DESC LIMIT $3`,
    [orgId, page.before, page.limit, page.isOpen],
  );
}

/** The first one who says so is kept; undefined when there is no such alert. */
export async function acknowledge(db: Sql, orgId: string, id: string, by: string): Promise<Alert | undefined> {
  await db.query('UPDATE billing.alert SET acknowledged_at = now(), acknowledged_by = $3 WHERE org_id = $1 AND id = $2 AND acknowledged_at IS NULL', [orgId, id, by]);
  const [alert] = await db.query<Alert>(`SELECT ${ALERT} FROM billing.alert WHERE org_id = $1 AND id = $2`, [orgId, id]);
  return alert;
}
