import { createHash } from 'node:crypto';
import type { Sql } from '@byok/platform';
import type { Poison } from '../ingest/checked-event.js';

const MAX_PAYLOAD = 64 * 1024;

/** Keeps what could not be taken, once however often it is delivered; returns how many were new. */
export async function insertPoisonEvents(tx: Sql, gatewayId: string, poisons: readonly Poison[]): Promise<number> {
  let added = 0;
  for (const { eventId, reason, payload } of poisons) {
    const text = JSON.stringify(payload) ?? 'undefined';
    const rows = await tx.query(
      `INSERT INTO billing.poison_event (checksum, gateway_id, event_id, reason, payload, is_cut) VALUES ($1, $2, $3, $4, $5, $6)
       ON CONFLICT (checksum) DO NOTHING RETURNING checksum`,
      [createHash('sha256').update(text).digest('hex'), gatewayId, eventId, reason, text.slice(0, MAX_PAYLOAD), text.length > MAX_PAYLOAD],
    );
    added += rows.length;
  }
  return added;
}
