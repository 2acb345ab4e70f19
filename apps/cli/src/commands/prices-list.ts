import type { Page, Price } from '@byok/contracts';
import type { Command } from '../command.js';
import { everyPage } from '../every-page.js';
import { table } from '../table.js';

const FILTERS = ['provider', 'model', 'org', 'at'] as const;

/** Prices in force, every page of them. */
export const pricesList: Command = {
  name: 'prices list',
  usage: 'prices list [--provider <id>] [--model <name>] [--org <id>] [--at <time>] [--json]',
  summary: 'prices in force; of a model, the one that counts first',
  options: { ...Object.fromEntries(FILTERS.map((name) => [name, { type: 'string' as const }])), json: { type: 'boolean' } },
  words: 0,
  run: async ({ api, options, print }) => {
    const query = new URLSearchParams({ limit: '200' });
    for (const name of FILTERS) if (typeof options[name] === 'string') query.set(name, options[name]);
    const prices = await everyPage((after) => api.call<Page<Price>>('GET', `/api/prices?${query}${after}`));
    print(options['json'] ? JSON.stringify(prices, null, 2) : table([['PROVIDER', 'MODEL', 'LAYER', 'INPUT', 'OUTPUT', 'FROM', 'SOURCE'], ...prices.map(rowOf)]));
  },
};

function rowOf({ provider, model, layer, org, rates, effectiveFrom, source }: Price): string[] {
  return [provider, model, org === null ? layer : `${layer} ${org}`, rates['input'] ?? '-', rates['output'] ?? '-', effectiveFrom?.slice(0, 10) ?? '-', source];
}
