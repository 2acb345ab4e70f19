import type { FakeUpstream, WitnessRow } from '@byok/testing';
import type { Standalone } from '../support/start-standalone.js';
import type { Check } from './check.js';
import type { ChaosCall } from './load.js';
import { callOf } from './settle.js';

interface Event extends Tokens {
  call: string;
  org: string;
  key: string;
  model: string;
  outcome: string;
  estimated: boolean;
}

interface Tokens {
  input: number;
  cached: number;
  output: number;
  reasoning: number;
}

export interface WitnessReport {
  checks: Check[];
  events: number;
  /** Events whose usage nobody told: counted by us, and listed apart. */
  estimated: number;
}

/**
 * What was metered beside what the provider saw. A call whose usage was told must agree to the token; one that was cut by anybody is
 * an estimate and listed apart; and there is no request without an event, nor an event that claims usage without a request.
 */
export async function checkWitness(standalone: Standalone, upstream: FakeUpstream, calls: readonly ChaosCall[], mostCrashed: number): Promise<WitnessReport> {
  const events = await readEvents(standalone);
  const eventsOf = Map.groupBy(events, (event) => event.call);
  const rowsOf = Map.groupBy(upstream.witness().filter((row) => row.caller !== null), (row) => callOf(row.caller!));
  const exact = new Set([...eventsOf].filter(([, some]) => some.every((event) => !event.estimated)).map(([call]) => call));
  const checks = [
    { name: 'every request that the provider saw has its event', problems: [...rowsOf].filter(([call, rows]) => (eventsOf.get(call)?.length ?? 0) < rows.length).map(([call]) => call) },
    { name: 'no event claims usage of a request that the provider never saw', problems: phantoms(eventsOf, rowsOf) },
    { name: 'every call that was told agrees with the provider’s own log to the token', problems: [...exact].flatMap((call) => difference(call, eventsOf.get(call)!, rowsOf.get(call) ?? [])) },
    { name: 'so do the sums by org, key and model', problems: sumsThatDiffer(events, rowsOf, exact, calls) },
    { name: 'whole answers told their clients what was metered', problems: wronglyTold(calls, eventsOf) },
    { name: 'no more calls were lost to a crash than were running', problems: crashed(events) > mostCrashed ? [`${crashed(events)} of at most ${mostCrashed}`] : [] },
  ];
  return { checks, events: events.length, estimated: events.filter((event) => event.estimated).length };
}

function readEvents(standalone: Standalone): Promise<Event[]> {
  return standalone.sql<Event>(
    `SELECT tags ->> 'call' AS call, org_id AS org, key_id AS key, model, outcome, estimated, COALESCE(input_uncached + cache_read + cache_write_5m + cache_write_1h, 0)::int AS input,
       COALESCE(cache_read, 0)::int AS cached, COALESCE(output, 0)::int AS output, COALESCE(reasoning, 0)::int AS reasoning FROM billing.usage_event WHERE tags ? 'call'`,
  );
}

/** A crash may have come between the intent and the request: such an event is an estimate, and no other may be without one. */
function phantoms(eventsOf: Map<string, Event[]>, rowsOf: Map<string, WitnessRow[]>): string[] {
  const claims = (event: Event): boolean => event.input + event.output > 0 && event.outcome !== 'crashed';
  return [...eventsOf].filter(([call, some]) => some.filter(claims).length > (rowsOf.get(call)?.length ?? 0)).map(([call]) => call);
}

function difference(call: string, events: readonly Event[], rows: readonly WitnessRow[]): string[] {
  const [ours, theirs] = [sumOf(events), sumOf(rows.map(tokensOf))];
  return JSON.stringify(ours) === JSON.stringify(theirs) ? [] : [`${call}: ${JSON.stringify({ ours, theirs })}`];
}

function sumsThatDiffer(events: readonly Event[], rowsOf: Map<string, WitnessRow[]>, exact: ReadonlySet<string>, calls: readonly ChaosCall[]): string[] {
  const orgOf = new Map(calls.map((call) => [call.id, call.caller.orgId]));
  const told = events.filter((event) => exact.has(event.call));
  // Our ids of keys and the provider's view of them: each event's key is found by the credential that its call's requests carried.
  const credentialOf = new Map(told.flatMap((event) => (rowsOf.get(event.call) ?? []).map((row) => [event.key, row.key] as const)));
  const ours = Map.groupBy(told.filter((event) => rowsOf.has(event.call)), (event) => `${event.org} ${credentialOf.get(event.key)} ${event.model}`);
  const rows = [...rowsOf].flatMap(([call, some]) => (exact.has(call) ? some.map((row) => ({ call, row })) : []));
  const theirs = Map.groupBy(rows, ({ call, row }) => `${orgOf.get(call)} ${row.key} ${row.model}`);
  return [...new Set([...ours.keys(), ...theirs.keys()])].flatMap((name) => {
    const [here, there] = [sumOf(ours.get(name) ?? []), sumOf((theirs.get(name) ?? []).map(({ row }) => tokensOf(row)))];
    return JSON.stringify(here) === JSON.stringify(there) ? [] : [`${name.replaceAll(/sk-\S+/g, 'sk-…')}: ${JSON.stringify({ here, there })}`];
  });
}

function wronglyTold(calls: readonly ChaosCall[], eventsOf: Map<string, Event[]>): string[] {
  return calls.flatMap(({ id, told }) => {
    const [event] = (eventsOf.get(id) ?? []).filter((each) => each.outcome === 'ok');
    if (!told || !event || event.estimated) return [];
    return event.input === told.inputTokens && event.output === told.outputTokens ? [] : [`${id}: ${JSON.stringify({ event, told })}`];
  });
}

const crashed = (events: readonly Event[]): number => events.filter((event) => event.outcome === 'crashed').length;

function tokensOf({ usage }: WitnessRow): Tokens {
  return { input: usage?.inputTokens ?? 0, cached: usage?.cachedTokens ?? 0, output: usage?.outputTokens ?? 0, reasoning: usage?.reasoningTokens ?? 0 };
}

function sumOf(all: readonly Tokens[]): Tokens {
  const sum = { input: 0, cached: 0, output: 0, reasoning: 0 };
  for (const { input, cached, output, reasoning } of all) {
    sum.input += input;
    sum.cached += cached;
    sum.output += output;
    sum.reasoning += reasoning;
  }
  return sum;
}
