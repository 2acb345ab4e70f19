import { AlertKind } from '@byok/contracts';
import { alertText } from './alert-text.js';

const FACTS = ['budget', 'percent', 'provider', 'model', 'reason', 'at', 'version', 'spentUsd', 'amountUsd', 'forecastUsd', 'todayUsd', 'medianUsd', 'balanceUsd', 'limitUsd'];

describe('what an alert says, by mail and to webhooks', () => {
  it.each(['{{7*7}}', '${7*7}', '<%= 7*7 %>', '#{7*7}', '$&', '$1', '%s', '{{constructor.constructor("return 1")()}}'])('C11 repeats %j as it is, and evaluates nothing', (text) => {
    for (const kind of AlertKind.options) {
      const said = alertText({ kind, subject: text, facts: Object.fromEntries(FACTS.map((name) => [name, text])) });
      expect([kind, said.includes(text)]).toEqual([kind, true]);
      expect(said).not.toMatch(/\b49\b/);
    }
  });
});
