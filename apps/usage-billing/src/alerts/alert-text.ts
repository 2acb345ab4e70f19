import type { AlertKind } from '@byok/contracts';
import type { NewAlert } from '../store/alerts.store.js';

type Facts = Readonly<Record<string, string | number>>;

/** What an alert says to people: one line, made from its facts. */
export function alertText({ kind, subject, facts }: Pick<NewAlert, 'kind' | 'subject' | 'facts'>): string {
  return TEXT_OF[kind](facts, subject);
}

const spent = (facts: Facts): string => `USD ${facts['spentUsd']} of ${facts['amountUsd']} (${facts['period'] === 'total' ? 'in total' : `this ${facts['period']}`})`;

const END: Readonly<Record<string, string>> = { expired: 'has expired', expires_in_1_day: 'expires within a day', expires_in_7_days: 'expires within 7 days', expires_in_30_days: 'expires within 30 days' };

const TEXT_OF: Readonly<Record<AlertKind, (facts: Facts, subject: string) => string>> = {
  budget_threshold: (facts) => `Budget “${facts['budget']}” has reached ${facts['percent']} %: ${spent(facts)}.`,
  budget_would_refuse: (facts) => `Budget “${facts['budget']}” is on trial and would have refused calls from now on: ${spent(facts)}.`,
  budget_forecast: (facts) => `Budget “${facts['budget']}” will not last: ${spent(facts)}, and at this pace USD ${facts['forecastUsd']} by the end.`,
  spending_spike: (facts) => `Spending today is unusual: USD ${facts['todayUsd']}, against a median of USD ${facts['medianUsd']} on the same weekday.`,
  low_balance: (facts) => `Credits are running low: USD ${facts['balanceUsd']} left, below your limit of ${facts['limitUsd']}.`,
  key_failing: (facts, subject) => `Key ${subject} (${facts['provider']}${facts['version'] ? `, version ${facts['version']}` : ''}) fails: ${facts['reason']}.`,
  key_expiring: (facts, subject) => `Key ${subject} (${facts['provider']}) ${END[String(facts['what'])] ?? 'comes to its end'}: ${facts['at']}. Give it a later end, or rotate it.`,
  key_rotation_due: (facts, subject) => `The secret of key ${subject} (${facts['provider']}) should have been changed by ${facts['at']}. Rotate it.`,
  low_quota: (facts, subject) => `Key ${subject} (${facts['provider']}) runs low: ${facts['reason']}.`,
  credits_started: (facts, subject) => `Platform credits began to pay for ${facts['model']}, because your key ${subject} (${facts['provider']}) failed: ${facts['reason']}.`,
};
