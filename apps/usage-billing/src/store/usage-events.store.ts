import type { Meters, UsageEvent } from '@byok/contracts';
import type { Sql } from '@byok/platform';
import { unnestRows, type BulkColumn } from './unnest.js';

/** An event with what we made of it. */
export interface PricedEvent {
  event: UsageEvent;
  gatewayId: string;
  /** Milliseconds since 1970, clamped. */
  startedAt: number;
  endedAt: number;
  firstByteAt: number | null;
  clockClamped: boolean;
  priceId: string | null;
  costNanoUsd: bigint | null;
  chargedNanoUsd: bigint | null;
  /** Budgets in which a hold had reserved for this event, and in which its settlement counts it. */
  heldBudgetIds: readonly string[];
}

const meter = (column: string, name: keyof Meters): BulkColumn<PricedEvent> => [column, 'bigint', ({ event }) => event.meters?.[name] ?? null];

const COLUMNS: readonly BulkColumn<PricedEvent>[] = [
  ['event_id', 'text', ({ event }) => event.eventId],
  ['request_id', 'text', ({ event }) => event.requestId],
  ['attempt', 'int', ({ event }) => event.attempt],
  ['gateway_id', 'text', ({ gatewayId }) => gatewayId],
  ['org_id', 'text', ({ event }) => event.orgId],
  ['group_id', 'text', ({ event }) => event.groupId],
  ['user_id', 'text', ({ event }) => event.userId],
  ['token_id', 'text', ({ event }) => event.tokenId],
  ['key_id', 'text', ({ event }) => event.keyId],
  ['key_version', 'int', ({ event }) => event.keyVersion ?? null],
  ['key_owner', 'text', ({ event }) => event.keyOwner],
  ['key_owner_id', 'text', ({ event }) => event.keyOwnerId],
  ['provider', 'text', ({ event }) => event.provider],
  ['model', 'text', ({ event }) => event.model],
  ['endpoint', 'text', ({ event }) => event.endpoint],
  ['stream', 'boolean', ({ event }) => event.stream],
  ['tags', 'jsonb', ({ event }) => JSON.stringify(event.tags)],
  ['outcome', 'text', ({ event }) => event.outcome],
  ['http_status', 'int', ({ event }) => event.httpStatus],
  ['error_code', 'text', ({ event }) => event.errorCode],
  meter('input_uncached', 'inputUncached'),
  meter('cache_read', 'cacheRead'),
  meter('cache_write_5m', 'cacheWrite5m'),
  meter('cache_write_1h', 'cacheWrite1h'),
  meter('output', 'output'),
  meter('reasoning', 'reasoning'),
  meter('audio_in', 'audioIn'),
  meter('audio_out', 'audioOut'),
  meter('image_in', 'imageIn'),
  meter('image_out', 'imageOut'),
  ['usage_source', 'text', ({ event }) => event.usageSource],
  ['estimated', 'boolean', ({ event }) => event.estimated],
  ['started_at', 'timestamptz', ({ startedAt }) => new Date(startedAt).toISOString()],
  ['first_byte_at', 'timestamptz', ({ firstByteAt }) => (firstByteAt === null ? null : new Date(firstByteAt).toISOString())],
  ['ended_at', 'timestamptz', ({ endedAt }) => new Date(endedAt).toISOString()],
  ['clock_clamped', 'boolean', ({ clockClamped }) => clockClamped],
  ['price_id', 'text', ({ priceId }) => priceId],
  ['cost_nano_usd', 'bigint', ({ costNanoUsd }) => costNanoUsd?.toString() ?? null],
  ['charged_nano_usd', 'bigint', ({ chargedNanoUsd }) => chargedNanoUsd?.toString() ?? null],
];

/** Adds the events that are not there yet and says which were added. In id order, so that two workers with the same events wait and never lock each other out. */
export async function insertUsageEvents(tx: Sql, events: readonly PricedEvent[]): Promise<string[]> {
  if (events.length === 0) return [];
  const sorted = [...events].sort((one, other) => (one.event.eventId < other.event.eventId ? -1 : 1));
  const { from, parameters } = unnestRows(COLUMNS, sorted);
  const inserted = await tx.query<{ event_id: string }>(
    `INSERT INTO billing.usage_event (${COLUMNS.map(([name]) => name).join(', ')}) SELECT * FROM ${from} ON CONFLICT (event_id) DO NOTHING RETURNING event_id`,
    parameters,
  );
  return inserted.map((row) => row.event_id);
}

/** Which of these events are there already. */
export async function findKnownEvents(db: Sql, ids: readonly string[]): Promise<Set<string>> {
  const rows = await db.query<{ event_id: string }>('SELECT event_id FROM billing.usage_event WHERE event_id = ANY ($1)', [ids]);
  return new Set(rows.map((row) => row.event_id));
}
