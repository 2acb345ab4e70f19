import type { Key } from '@byok/contracts';
import type { AdminApi } from '../admin-api.js';
import { Refused, UsageError } from '../refusals.js';
import { table } from '../table.js';
import type { FoundKey, OfferedProvider } from './found-key.js';

export interface StoreOptions {
  owner: { type: string; id?: string };
  isDryRun: boolean;
  skipTest: boolean;
}

export const STORE_OPTIONS = { owner: { type: 'string' }, 'dry-run': { type: 'boolean' }, 'skip-test': { type: 'boolean' } } as const;

/** `me`, `org`, or `group:<id>`. */
export function storeOptions(options: Readonly<Record<string, string | boolean | undefined>>): StoreOptions {
  const owner = options['owner'] ?? 'me';
  const [type, id] = String(owner).split(':', 2);
  if (!(owner === 'me' || owner === 'org' || (type === 'group' && id))) throw new UsageError('--owner is me, org or group:<id>.');
  return { owner: owner === 'me' ? { type: 'user' } : { type: type!, ...(id ? { id } : {}) }, isDryRun: options['dry-run'] === true, skipTest: options['skip-test'] === true };
}

export async function offeredProviders(api: AdminApi): Promise<OfferedProvider[]> {
  return (await api.call<{ providers: OfferedProvider[] }>('GET', '/api/byok/providers')).providers;
}

/** Stores each key through admin-api, which tests it first, and prints what became of each. Tells how many were not stored. */
export async function storeFound(api: AdminApi, keys: readonly FoundKey[], options: StoreOptions, print: (text: string) => void): Promise<{ failed: number }> {
  const rows: string[][] = [];
  let failed = 0;
  for (const [index, key] of keys.entries()) {
    const outcome = options.isDryRun ? 'would be stored' : await storeOne(api, key, options);
    if (outcome.startsWith('not stored')) failed++;
    rows.push([key.at, key.provider, key.label, outcome]);
    if (keys.length > 10) process.stderr.write(`\r${index + 1} of ${keys.length}${index + 1 === keys.length ? '\n' : ''}`);
  }
  if (rows.length > 0) print(table([['FOUND AT', 'PROVIDER', 'LABEL', 'OUTCOME'], ...rows]));
  return { failed };
}

async function storeOne(api: AdminApi, { provider, label, apiKey, config }: FoundKey, { owner, skipTest }: StoreOptions): Promise<string> {
  try {
    const stored = await api.call<Key>('POST', '/api/keys', { owner, provider, apiKey, label: label.slice(0, 120), config, skipTest });
    return `stored as ${stored.id}${stored.lastTestOutcome ? `, tested: ${stored.lastTestOutcome}` : ''}`;
  } catch (error) {
    if (error instanceof Refused) return `not stored: ${error.message}`;
    throw error;
  }
}
