import { concerns } from '@byok/contracts';
import { formatUsd, windowOf, type NanoUsd } from '@byok/kernel';
import type { Sql } from '@byok/platform';
import { raiseAlerts, type NewAlert } from '../store/alerts.store.js';
import { addToCounters, lockCounters, readCounters, type Counter, type CounterId } from '../store/budget-counters.store.js';
import { activeBudgets, type Budget } from '../store/budgets.store.js';
import type { PricedEvent } from '../store/usage-events.store.js';
import { factsOf, spentBy } from './facts-of.js';

interface Share extends CounterId {
  budget: Budget;
  amounts: NanoUsd[];
}

// A hold may have been opened in the window before the one in which its attempt began.
const HELD_SHORTLY_BEFORE_MS = 60_000;

/**
 * Counts what was spent against every budget that it concerns and that no hold has counted already, in the window in which it began,
 * and raises an alert for every threshold that is reached. Two at once wait for each other at the counter, and of all who see a
 * threshold reached one raises its alert.
 */
export async function countSpending(tx: Sql, added: readonly PricedEvent[]): Promise<void> {
  const budgets = await activeBudgets(tx, [...new Set(added.map(({ event }) => event.orgId))]);
  if (budgets.length === 0) return;
  const shares = sharesOf(added, budgets);
  const before = new Map((await lockCounters(tx, shares)).map((counter) => [idOf(counter), counter.spentNanoUsd]));
  await addToCounters(
    tx,
    shares.map((share) => ({
      ...share,
      addedNanoUsd: share.amounts.reduce((sum, amount) => sum + amount, 0n),
      wouldRefuse: share.budget.isHard && share.budget.isShadow ? refusalsOf(share, before.get(idOf(share)) ?? 0n) : 0,
    })),
  );
  const touched = new Map([...shares, ...heldCounters(added, budgets)].map((each) => [idOf(each), each]));
  const budgetOf = new Map(budgets.map((budget) => [budget.id, budget]));
  const counters = await readCounters(tx, [...touched.values()]);
  await raiseAlerts(tx, counters.flatMap((counter) => alertsOf(budgetOf.get(counter.budgetId)!, counter)));
}

/** Which budgets these events count against, with the amounts in the order in which the attempts began. */
function sharesOf(events: readonly PricedEvent[], budgets: readonly Budget[]): Share[] {
  const shares = new Map<string, Share>();
  for (const priced of [...events].sort((one, other) => one.startedAt - other.startedAt)) {
    const facts = factsOf(priced.event);
    const amount = spentBy(priced);
    if (amount === 0n) continue;
    for (const budget of budgets) {
      if (!concerns(budget, facts) || priced.heldBudgetIds.includes(budget.id)) continue;
      const counter = { budgetId: budget.id, windowStart: windowOf(budget.period, budget.timeZone, priced.startedAt).start };
      const share = shares.get(idOf(counter)) ?? { ...counter, budget, amounts: [] };
      share.amounts.push(amount);
      shares.set(idOf(counter), share);
    }
  }
  return [...shares.values()].sort((one, other) => (idOf(one) < idOf(other) ? -1 : 1));
}

/** The counters that settled holds have written to. */
function heldCounters(events: readonly PricedEvent[], budgets: readonly Budget[]): CounterId[] {
  return events.flatMap(({ heldBudgetIds, startedAt }) =>
    budgets
      .filter((budget) => heldBudgetIds.includes(budget.id))
      .flatMap(({ id, period, timeZone }) =>
        [startedAt, startedAt - HELD_SHORTLY_BEFORE_MS].map((moment) => ({ budgetId: id, windowStart: windowOf(period, timeZone, moment).start })),
      ),
  );
}

/** How many of these calls the budget would have refused: those that would have taken it over its amount. */
function refusalsOf({ budget, amounts }: Share, spentBefore: NanoUsd): number {
  let spent = spentBefore;
  return amounts.filter((amount) => (spent += amount) > budget.amountNanoUsd).length;
}

function alertsOf(budget: Budget, counter: Counter): NewAlert[] {
  const windowStart = new Date(counter.windowStart).toISOString();
  const facts = { budget: budget.name, period: budget.period, amountUsd: formatUsd(budget.amountNanoUsd), spentUsd: formatUsd(counter.spentNanoUsd), windowStart };
  const alert = { orgId: budget.orgId, subject: budget.id };
  const reached = budget.thresholds.filter((percent) => counter.spentNanoUsd > 0n && counter.spentNanoUsd * 100n >= budget.amountNanoUsd * BigInt(percent));
  const alerts: NewAlert[] = reached.map((percent) => ({ ...alert, kind: 'budget_threshold', occasion: `${windowStart}/${percent}`, facts: { ...facts, percent } }));
  if (counter.wouldRefuse > 0) alerts.push({ ...alert, kind: 'budget_would_refuse', occasion: windowStart, facts });
  return alerts;
}

const idOf = ({ budgetId, windowStart }: CounterId): string => `${budgetId} ${String(windowStart).padStart(16, '0')}`;
