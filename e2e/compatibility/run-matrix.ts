import { sumUsage, type FakeUpstream, type WitnessRow } from '@byok/testing';
import type { Standalone } from '../support/start-standalone.js';
import { newWorld, type World } from '../support/world.js';
import { CALLS, resultOf, TOOLS, type Client, type Turn } from './conversation.js';
import { UPSTREAMS_OF_MATRIX, type Upstream } from './upstreams.js';

export const KINDS = ['plain', 'streamed', 'tools', 'tools streamed'] as const;
export type Kind = (typeof KINDS)[number];

/** What came of one client asking one provider in one way: `ok`, `refused` where that is right, or what went wrong. */
export interface Outcome {
  client: Client;
  upstream: Upstream;
  kind: Kind;
  said: string;
}

export interface Matrix {
  outcomes: Outcome[];
  /** Where the report of a client's calls to a provider is, and under which token. */
  seats: Seat[];
}

export interface Seat {
  client: Client;
  upstream: Upstream;
  world: World;
  tokenId: string;
  talk: ReturnType<Client['connect']>;
}

/** Every client asks every provider, each in its own four ways; the clients side by side, each of them one call at a time. */
export async function runMatrix(standalone: Standalone, fake: FakeUpstream, clients: readonly Client[]): Promise<Matrix> {
  fake.behave({ toolCalls: TOOLS.length });
  const worlds = await Promise.all([newWorld(standalone, 'Matrix'), newWorld(standalone, 'Matrix, second keys')]);
  const worldOf = new Map<Upstream, World>();
  for (const upstream of UPSTREAMS_OF_MATRIX) {
    const isSecond = [...worldOf.keys()].some(({ provider }) => provider === upstream.provider);
    const world = worlds[isSecond ? 1 : 0]!;
    await world.key({ type: 'org' }, upstream.provider, upstream.key(fake), upstream.config ? { config: upstream.config } : {});
    worldOf.set(upstream, world);
  }
  const seats = await Promise.all(clients.map((client) => seatsOf(client, worldOf, standalone)));
  const outcomes = await Promise.all(seats.map((each) => runSeats(each, fake)));
  return { seats: seats.flat(), outcomes: outcomes.flat() };
}

async function seatsOf(client: Client, worldOf: Map<Upstream, World>, { gatewayUrl }: Standalone): Promise<Seat[]> {
  const tokens = new Map<World, { id: string; token: string }>();
  for (const world of new Set(worldOf.values())) tokens.set(world, await world.serviceToken(null));
  return [...worldOf].map(([upstream, world]) => {
    const { id, token } = tokens.get(world)!;
    return { client, upstream, world, tokenId: id, talk: client.connect(gatewayUrl, token) };
  });
}

async function runSeats(seats: Seat[], fake: FakeUpstream): Promise<Outcome[]> {
  const outcomes: Outcome[] = [];
  for (const seat of seats) {
    for (const kind of KINDS) outcomes.push({ client: seat.client, upstream: seat.upstream, kind, said: await tryKind(seat, kind, fake).catch(shortly) });
  }
  return outcomes;
}

/** What the provider saw of a client: every prompt says whose it is. */
export function rowsOf(fake: FakeUpstream, client: Client, upstream: Upstream, kind?: Kind): WitnessRow[] {
  const mark = markOf(client, upstream) + (kind ? `${kind}.` : '');
  return fake.witness().filter((row) => row.body.includes(mark));
}

/** What the provider counted for a client, over all requests that a call took it. */
export function countedOf(fake: FakeUpstream, client: Client, upstream: Upstream): ReturnType<typeof sumUsage> {
  const calls = rowsOf(fake, client, upstream);
  const later = fake.witness().filter(({ method, path }) => method === 'GET' && calls.some((call) => path.includes(call.answerId)));
  return { ...sumUsage([...calls, ...later]), requests: calls.length };
}

function markOf(client: Client, upstream: Upstream): string {
  return `${client.name} / ${upstream.name} / `;
}

async function tryKind({ client, upstream, talk }: Seat, kind: Kind, fake: FakeUpstream): Promise<string> {
  const withTools = kind.startsWith('tools');
  const isStreamed = kind.endsWith('streamed');
  const talking = talk({ model: `${upstream.provider}/${upstream.model}`, prompt: `${markOf(client, upstream)}${kind}. Tell me, ${'please '.repeat(20)}now.`, isStreamed, withTools });
  if (withTools && upstream.isTextOnly) return talking.then(() => 'tools were not refused', refusedClearly);
  const turns = await talking;
  return problemOf(turns, rowsOf(fake, client, upstream, kind), { withTools, tellsUsage: !(isStreamed && upstream.isStreamSilent) }) ?? 'ok';
}

function problemOf(turns: Turn[], rows: readonly WitnessRow[], { withTools, tellsUsage }: { withTools: boolean; tellsUsage: boolean }): string | null {
  const last = turns.at(-1);
  if (turns.length !== (withTools ? 2 : 1)) return `${turns.length} turns`;
  if (!/^Word0 word1 .*word7/.test(last!.text)) return `text: ${JSON.stringify(last!.text)}`;
  if (withTools && JSON.stringify(turns[0]!.calls) !== JSON.stringify(CALLS)) return `calls: ${JSON.stringify(turns[0]!.calls)}`;
  if (rows.length !== turns.length) return `${rows.length} requests for ${turns.length} turns`;
  const unread = withTools ? TOOLS.find(({ name }) => !rows[1]!.body.includes(resultOf(name))) : undefined;
  if (unread) return `the result of ${unread.name} did not reach the provider`;
  if (!tellsUsage) return null;
  const wrong = turns.findIndex((turn, index) => JSON.stringify(turn.usage) !== JSON.stringify(usageOf(rows[index]!)));
  return wrong === -1 ? null : `usage of turn ${wrong}: the client says ${JSON.stringify(turns[wrong]!.usage)}, the provider ${JSON.stringify(usageOf(rows[wrong]!))}`;
}

function usageOf({ usage }: WitnessRow): Turn['usage'] {
  return usage && { inputTokens: usage.inputTokens, outputTokens: usage.outputTokens, cachedTokens: usage.cachedTokens };
}

function refusedClearly(error: unknown): string {
  const said = messageOf(error);
  return /tools/i.test(said) && /Replicate/.test(said) ? 'refused' : `refused unclearly: ${said}`;
}

function shortly(error: unknown): string {
  return messageOf(error).replaceAll(/\s+/g, ' ').slice(0, 300);
}

function messageOf(error: unknown): string {
  return error instanceof Error ? `${error.constructor.name}: ${error.message}` : String(error);
}
