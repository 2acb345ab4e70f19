import type { Sql } from '@byok/platform';
import { addEventsToRollups } from '../store/rollups.store.js';
import type { PricedEvent } from '../store/usage-events.store.js';

/** The sums that reports read, kept with the events: what is added once is counted once. The last step, because it waits for other batches. */
export async function addToRollups(tx: Sql, added: readonly PricedEvent[]): Promise<void> {
  await addEventsToRollups(tx, {
    gatewayIds: added.map(({ gatewayId }) => gatewayId),
    eventIds: added.map(({ event }) => event.eventId),
    requestIds: added.map(({ event }) => event.requestId),
  });
}
