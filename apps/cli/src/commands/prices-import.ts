import { readFileSync } from 'node:fs';
import { PriceFile, type PriceImport } from '@byok/contracts';
import type { Command } from '../command.js';
import { UsageError } from '../refusals.js';
import { table } from '../table.js';

/** Takes over a reviewed list of prices, or shows what it would change. */
export const pricesImport: Command = {
  name: 'prices import',
  usage: 'prices import [--diff] <file|bundled>',
  summary: 'take over a reviewed list of prices; --diff only shows what would change',
  options: { diff: { type: 'boolean' } },
  words: 1,
  run: async ({ api, words: [place], options, print }) => {
    const dryRun = options['diff'] === true;
    const file = place === 'bundled' ? {} : { file: readPriceFile(place!) };
    const { source, isKnown, changes, prices, added, withdrawn } = await api.call<PriceImport>('POST', '/api/prices/imports', { ...file, dryRun });
    if (isKnown) return print(`${source}: nothing new.`);
    if (dryRun && changes.length > 0) print(table(changes.map(rowOf)));
    print(`${source}: ${prices} prices, ${added} ${dryRun ? 'to add' : 'added'}, ${withdrawn} ${dryRun ? 'to withdraw' : 'withdrawn'}.`);
  },
};

const SIGNS = { added: '+', withdrawn: '-', changed: '~' } as const;

function rowOf({ change, provider, model, before, after }: PriceImport['changes'][number]): string[] {
  const meters = [...new Set([...Object.keys(before ?? {}), ...Object.keys(after ?? {})])];
  const rates = meters.map((meter) => {
    const [old, now] = [before?.[meter] ?? '-', after?.[meter] ?? '-'];
    return change !== 'changed' ? `${meter} ${before ? old : now}` : old === now ? `${meter} ${now}` : `${meter} ${old} → ${now}`;
  });
  return [SIGNS[change], `${provider}/${model}`, rates.join(', ')];
}

/** Read and checked here, so that a mistake is told with its place in the file. */
function readPriceFile(path: string): PriceFile {
  const parsed = PriceFile.safeParse(readJson(path));
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0]!;
  throw new UsageError(`${path} is no price file: ${issue.path.join('.') || 'content'}: ${issue.message}`);
}

function readJson(path: string): unknown {
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch (error) {
    throw new UsageError(`${path} cannot be read as JSON: ${(error as Error).message}`);
  }
}
