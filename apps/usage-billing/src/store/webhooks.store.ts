import type { Sql } from '@byok/platform';

export interface Webhook {
  id: string;
  orgId: string;
  name: string;
  format: 'signed' | 'slack';
  sealedUrl: Buffer;
  host: string;
  kinds: string[];
  createdBy: string;
  createdAt: Date;
}

const WEBHOOK = `id, org_id AS "orgId", name, format, sealed_url AS "sealedUrl", host, kinds, created_by AS "createdBy", created_at AS "createdAt"`;

export async function insertWebhook(tx: Sql, webhook: Omit<Webhook, 'createdAt'>): Promise<Webhook> {
  const { id, orgId, name, format, sealedUrl, host, kinds, createdBy } = webhook;
  const [row] = await tx.query<Webhook>(
    `INSERT INTO billing.webhook (id, org_id, name, format, sealed_url, host, kinds, created_by) VALUES ($1, $2, $3, $4, $5, $6, $7, $8) RETURNING ${WEBHOOK}`,
    [id, orgId, name, format, sealedUrl, host, kinds, createdBy],
  );
  return row!;
}

export function listWebhooks(db: Sql, orgId: string): Promise<Webhook[]> {
  return db.query<Webhook>(`SELECT ${WEBHOOK} FROM billing.webhook WHERE org_id = $1 AND deleted_at IS NULL ORDER BY id`, [orgId]);
}

export async function findWebhook(db: Sql, orgId: string, id: string): Promise<Webhook | undefined> {
  const [row] = await db.query<Webhook>(`SELECT ${WEBHOOK} FROM billing.webhook WHERE org_id = $1 AND id = $2 AND deleted_at IS NULL`, [orgId, id]);
  return row;
}

/** Answers whether there was such a webhook. What was still to be sent to it is given up when its turn comes. */
export async function removeWebhook(tx: Sql, orgId: string, id: string): Promise<boolean> {
  return (await tx.query('UPDATE billing.webhook SET deleted_at = now() WHERE org_id = $1 AND id = $2 AND deleted_at IS NULL RETURNING id', [orgId, id])).length > 0;
}
