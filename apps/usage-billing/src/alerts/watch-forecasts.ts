import { formatUsd, windowOf, type Clock, type NanoUsd, type Window } from '@byok/kernel';
import type { Sql } from '@byok/platform';
import { raiseAlerts, type NewAlert } from '../store/alerts.store.js';
import { countersUnderWay, type CounterUnderWay } from '../store/budget-counters.store.js';

// Before a fifth of the window is over, a busy morning says nothing about the month.
const SILENT_FIFTHS = 1n;
const PAGE = 500;

/**
 * Tells once per window of a budget that will not last at its present pace: what was spent, divided by the part of the window that is
 * over (the run rate). A budget that is spent already says so by its thresholds.
 */
export async function watchForecasts({ db, clock }: { db: Sql; clock: Clock }): Promise<void> {
  const now = clock.now();
  for (let after = ''; ; ) {
    const page = await countersUnderWay(db, after, PAGE);
    await raiseAlerts(db, page.flatMap((each) => breachOf(each, now)));
    if (page.length < PAGE) return;
    after = page.at(-1)!.budgetId;
  }
}

function breachOf(counter: CounterUnderWay, now: number): NewAlert[] {
  const window = windowOf(counter.period, counter.timeZone, now);
  if (window.start !== counter.windowStart) return [];
  const forecast = runRate(counter.spentNanoUsd, window, now);
  if (forecast === null || forecast <= counter.amountNanoUsd) return [];
  const windowStart = new Date(window.start).toISOString();
  const { orgId, budgetId: subject, name: budget, period, amountNanoUsd, spentNanoUsd } = counter;
  const facts = { budget, period, amountUsd: formatUsd(amountNanoUsd), spentUsd: formatUsd(spentNanoUsd), forecastUsd: formatUsd(forecast), windowStart };
  return [{ orgId, kind: 'budget_forecast', subject, occasion: windowStart, facts }];
}

/** What the whole window will have cost if it goes on like this; null when it is too early to say, or never ends. */
function runRate(spent: NanoUsd, { start, end }: Window, now: number): NanoUsd | null {
  if (end === null) return null;
  const [length, elapsed] = [BigInt(end - start), BigInt(now - start)];
  return elapsed * 5n < length * SILENT_FIFTHS ? null : (spent * length) / elapsed;
}
