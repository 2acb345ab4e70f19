import { sumUsage, type FakeUpstream } from '@byok/testing';
import OpenAI from 'openai';
import { providerKeys } from '../support/provider-keys.js';
import type { Standalone } from '../support/start-standalone.js';
import { newWorld, type Person } from '../support/world.js';

const CALLS_EACH = 50;
const MODELS = ['gpt-4o', 'gpt-4o-mini', 'gpt-4.1-mini'] as const;

export interface Metering {
  /** Per user id: what the usage report says. */
  reported: Map<string, object>;
  /** Per user id: what the provider's own log says. */
  witnessed: Map<string, object>;
  owners: (string | null)[];
  keys: (string | null)[];
  keyId: string;
  orgLine: object;
  orgWitnessed: object;
}

/** Four users of one group call in parallel through one group key, 200 calls in all; both books, ready to compare. */
export async function meterFourUsers(standalone: Standalone, upstream: FakeUpstream): Promise<Metering> {
  const world = await newWorld(standalone, 'Metering');
  const people = await Promise.all(['ann', 'ben', 'cid', 'dee'].map((name) => world.person(name)));
  const secret = providerKeys.openai();
  const key = await world.key({ type: 'group', id: await world.group('research', people) }, 'openai', secret);
  await Promise.all(people.map((person) => callFiftyTimes(standalone.gatewayUrl, person)));

  const rows = upstream.witness().filter((row) => row.key === secret);
  const lines = await world.usage('user', people.length * CALLS_EACH);
  return {
    reported: new Map(lines.map((line) => [line.user ?? 'nobody', figures(line)])),
    witnessed: new Map(people.map((person) => [person.id, figuresOf(rows.filter((row) => row.caller === person.name))])),
    owners: (await world.usage('owner')).map((line) => line.owner),
    keys: (await world.usage('key')).map((line) => line.key),
    keyId: key['id'] as string,
    orgLine: figures((await world.usage('org'))[0]!),
    orgWitnessed: figuresOf(rows),
  };
}

/** A person's day: plain and streamed, with and without usage asked for, long and short, several models, ten at a time. */
async function callFiftyTimes(gatewayUrl: string, person: Person): Promise<void> {
  const openai = new OpenAI({ baseURL: `${gatewayUrl}/v1`, apiKey: person.token, maxRetries: 0 });
  let next = 0;
  const one = async (index: number): Promise<void> => {
    const request = { model: MODELS[index % MODELS.length]!, user: person.name, messages: [{ role: 'user' as const, content: `${person.name} asks ${'much '.repeat(index)}` }] };
    if (index % 2 === 0) return void (await openai.chat.completions.create(request));
    const options = index % 4 === 1 ? { stream_options: { include_usage: true } } : {};
    for await (const _ of await openai.chat.completions.create({ ...request, stream: true, ...options }));
  };
  await Promise.all(
    Array.from({ length: 10 }, async () => {
      while (next < CALLS_EACH) await one(next++);
    }),
  );
}

type Line = Record<'requests' | 'inputTokens' | 'cachedTokens' | 'outputTokens' | 'reasoningTokens', number>;

function figures({ requests, inputTokens, cachedTokens, outputTokens, reasoningTokens }: Line) {
  return { requests, inputTokens, cachedTokens, outputTokens, reasoningTokens };
}

function figuresOf(rows: Parameters<typeof sumUsage>[0]) {
  return figures(sumUsage(rows));
}
