import type { CallEndpoint } from '@byok/providers';

/** What one client is asked to say to one model. */
export interface Talk {
  model: string;
  prompt: string;
  isStreamed: boolean;
  /** Offers both tools, and answers their calls. */
  withTools: boolean;
}

/** One answer of the model, out of the client's own typed result. */
export interface Turn {
  text: string;
  calls: { name: string; arguments: unknown }[];
  usage: TurnUsage | null;
}

/** Everything that went in, everything that came out, and what of the former came from a cache. */
export interface TurnUsage {
  inputTokens: number;
  outputTokens: number;
  cachedTokens: number;
}

/** A third party's client, unmodified, with base URL and token of the gateway. */
export interface Client {
  name: string;
  /** What it calls here. */
  endpoint: CallEndpoint;
  /** One turn, or with tools two: the calls, and what the model made of their results. */
  connect(gatewayUrl: string, token: string): (talk: Talk) => Promise<Turn[]>;
}

const schemaWith = (field: string) => ({ type: 'object' as const, properties: { [field]: { type: 'string' as const, description: `Which ${field}.` } }, required: [field], additionalProperties: false });

export const TOOLS = [
  { name: 'weather', description: 'The weather in a city.', schema: schemaWith('city') },
  { name: 'clock', description: 'The time in a zone.', schema: schemaWith('zone') },
] as const;

/** What the fake calls them with. */
export const CALLS = [
  { name: 'weather', arguments: { city: 'a city' } },
  { name: 'clock', arguments: { zone: 'a zone' } },
];

export const SYSTEM = 'You answer in one sentence.';

/** What a tool answers: the provider must get to read this. */
export function resultOf(tool: string): string {
  return `the ${tool} says 18`;
}

/** Asks until the model calls no more tools. */
export async function untilText(ask: () => Promise<Turn>): Promise<Turn[]> {
  const turns: Turn[] = [];
  do turns.push(await ask());
  while (turns.at(-1)!.calls.length > 0 && turns.length < 3);
  return turns;
}
