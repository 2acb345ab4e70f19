import type { Clock } from '@byok/kernel';
import type { Database } from '@byok/platform';
import { watchBalances } from './watch-balances.js';
import { watchForecasts } from './watch-forecasts.js';
import { watchSpikes } from './watch-spikes.js';

/** What no single event shows. Each raises an alert once, however many services watch. */
export async function watchSpending(deps: { db: Database; clock: Clock }): Promise<void> {
  await watchBalances(deps);
  await watchForecasts(deps);
  await watchSpikes(deps);
}
