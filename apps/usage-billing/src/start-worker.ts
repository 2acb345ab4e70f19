import { setTimeout as pause } from 'node:timers/promises';
import { USAGE_QUEUE } from '@byok/contracts';
import { openWorker, type Database, type Log, type QueueConsumer, type QueuePlace } from '@byok/platform';
import { processUsageBatch } from './ingest/usage-batch.processor.js';
import { bundledPrices, importPrices } from './prices/import-prices.js';
import { openPriceShelf } from './prices/load-prices.js';

const CONCURRENCY = 4;
const RETRY_MS = 2_000;

/**
 * Takes usage from the queue. Nothing is priced before the prices are there: the import comes first, beside the service's
 * start and not before it, and is tried until it works; the events wait in the queue.
 */
export function startWorker(deps: { db: Database; log: Log; queue: QueuePlace }): QueueConsumer {
  const { db, log, queue } = deps;
  const stopping = new AbortController();
  const opening = openWhenPriced();

  async function openWhenPriced(): Promise<QueueConsumer | undefined> {
    while (!stopping.signal.aborted) {
      try {
        await importPrices({ db, log }, await bundledPrices());
        break;
      } catch (error) {
        log.error({ error }, 'prices were not imported; usage waits in the queue');
        await pause(RETRY_MS, undefined, { signal: stopping.signal }).catch(() => undefined);
      }
    }
    if (stopping.signal.aborted) return undefined;
    const prices = openPriceShelf();
    return openWorker<unknown>(USAGE_QUEUE, queue, log, async (job) => void (await processUsageBatch({ db, log, prices }, job)), CONCURRENCY);
  }

  return {
    close: async () => {
      stopping.abort();
      await (await opening)?.close();
    },
  };
}
