import type { Sql } from '@byok/platform';
import { noticeTrouble } from '../alerts/notice-trouble.js';
import { countSpending } from '../budgets/count-spending.js';
import type { PricedEvent } from '../store/usage-events.store.js';
import { addToRollups } from './add-to-rollups.js';

/**
 * What follows from events that are new, in the transaction that adds them: all of it happens, or the events come again. Their
 * holds are settled by then (ingest-batch does, around the insert): cost, price and charge are final, and `heldBudgetIds` are counted.
 */
export type IngestStep = (tx: Sql, added: readonly PricedEvent[]) => Promise<void>;

export const INGEST_STEPS: readonly IngestStep[] = [countSpending, noticeTrouble, addToRollups];
