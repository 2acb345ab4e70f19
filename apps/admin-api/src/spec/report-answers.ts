export const PERIOD = { from: '2026-03-01T00:00:00.000Z', to: '2026-04-01T00:00:00.000Z' };

/** What billing answers to each report, with nothing in it. */
export const REPORT_ANSWERS: Readonly<Record<string, object>> = {
  forecast: { of: 'cost', method: 'run-rate', historyDays: 0, backtest: [], days: [], total: { usd: '0.00', lowUsd: '0.00', highUsd: '0.00' }, month: null },
  statement: {
    ...{ month: '2026-03', ...PERIOD, costCentre: 'group', costCentres: [] },
    providersBill: { aboutUsd: null, knownUsd: '1.00', unpricedAttempts: 1, keys: [] },
    weBill: { usd: '0.00', baseUsd: '0.00', markupUsd: '0.00', waivedUsd: '0.00', pendingAttempts: 0, models: [] },
  },
  savings: { ...PERIOD, baseline: { provider: 'openai', model: 'gpt-4o', priceId: 'prc_1' }, tier: 'trial', steps: [], actualUsd: '0.00', savedUsd: '0.00', savedPercent: null, attempts: 0, leftOutAttempts: 0, note: '' },
  providers: { ...PERIOD, items: [] },
  calculation: { tokens: null, items: [] },
};
