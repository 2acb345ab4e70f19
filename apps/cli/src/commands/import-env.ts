import { readFileSync } from 'node:fs';
import { parseEnv } from 'node:util';
import { loadConfig } from '@byok/platform';
import { z } from 'zod';
import type { Command } from '../command.js';
import { readEnvironment } from '../import/read-environment.js';
import { STORE_OPTIONS, offeredProviders, storeFound, storeOptions } from '../import/store-found.js';
import { Refused, UsageError } from '../refusals.js';

/** Keys that lie in the environment, or in a `.env` file, become stored keys. */
export const importEnv: Command = {
  name: 'import-env',
  usage: 'import-env [--file <.env>] [--owner me|org|group:<id>] [--dry-run] [--skip-test]',
  summary: 'store the provider keys of the environment, or of a .env file',
  options: { ...STORE_OPTIONS, file: { type: 'string' } },
  words: 0,
  run: async ({ api, options, print }) => {
    const asked = storeOptions(options);
    const providers = await offeredProviders(api);
    const names = providers.flatMap(({ environment }) => Object.keys(environment));
    const variables = typeof options['file'] === 'string' ? readEnvFile(options['file']) : loadConfig(z.object(Object.fromEntries(names.map((name) => [name, z.string().optional()]))));
    const keys = readEnvironment(variables, providers);
    if (keys.length === 0) return print('No provider key was found. GET /api/byok/providers names the variables that are looked at.');
    const { failed } = await storeFound(api, keys, asked, print);
    if (failed > 0) throw new Refused(`${failed} of ${keys.length} keys were not stored.`);
  },
};

function readEnvFile(path: string): Record<string, string | undefined> {
  try {
    return parseEnv(readFileSync(path, 'utf8'));
  } catch {
    throw new UsageError(`${path} cannot be read.`);
  }
}
