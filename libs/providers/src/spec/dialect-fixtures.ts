import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { CHAT_ENDPOINTS, DIALECT_OF } from '../endpoints.js';
import type { Dialect, UpstreamEndpoint } from '../endpoints.js';
import type { Provider } from '../provider.js';
import { PROVIDERS } from '../registry.js';
import { expectedOf, fixturesOf, streamOf } from './provider-fixtures.js';

/** Fixtures of a provider, or of a dialect that no provider's own fixtures are in. */
export interface SpokenFixtures {
  id: string;
  dialect: Dialect;
  endpoint: UpstreamEndpoint;
  provider: Provider;
  model: string;
  streams: Buffer[];
  /** Plain answers, and an error in the place of one. */
  bodies: Buffer[];
}

const HERE = import.meta.dirname;

/** What every live provider of the registry says in a chat. */
export function spokenFixtures(): SpokenFixtures[] {
  const spoken = PROVIDERS.filter(({ status }) => status.state !== 'discontinued').flatMap((provider): SpokenFixtures[] => {
    const fixtures = fixturesOf(provider.id);
    const { endpoint, model } = expectedOf(fixtures);
    if (!CHAT_ENDPOINTS.has(endpoint)) return [];
    const kinds = (['stream', 'tools-stream'] as const).filter((kind) => fixtures.names.some((name) => name.startsWith(`${kind}.`)));
    const bodies = ['answer.json', 'tools.json', 'error.json'].filter((name) => fixtures.names.includes(name)).map((name) => fixtures.read(name));
    return [{ id: provider.id, dialect: DIALECT_OF[endpoint], endpoint, provider, model, streams: kinds.map((kind) => streamOf(fixtures, kind)), bodies }];
  });
  return [...spoken, responses(PROVIDERS.find(({ endpoints }) => endpoints.responses !== undefined)!)];
}

function responses(provider: Provider): SpokenFixtures {
  const read = (name: string): Buffer => readFileSync(join(HERE, '../dialects/openai-responses/fixtures', name));
  return { id: 'responses', dialect: 'openai-responses', endpoint: 'responses', provider, model: 'gpt-5', streams: [read('stream.txt')], bodies: [read('answer.json')] };
}
