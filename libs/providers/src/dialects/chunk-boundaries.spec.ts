import { callerWorlds, upstreamWorlds } from '../spec/dialect-world.js';
import type { CallerWorld } from '../spec/dialect-world.js';
import { spokenFixtures } from '../spec/dialect-fixtures.js';
import type { SpokenFixtures } from '../spec/dialect-fixtures.js';
import type { TapResult } from '../usage-tap.js';
import { TranslatedStream } from '../translate.js';
import type { ChatRequest } from './chat-form.js';
import { UPSTREAMS } from './registry.js';

const CALLERS = callerWorlds();
const FIXTURES = spokenFixtures();
const FRAMING = new Map(upstreamWorlds().map(({ dialect, framing }) => [dialect, framing.kind]));

interface Outcome extends TapResult {
  told: string;
}

/** What a caller gets of the stream and what is counted of it, when it arrives in these chunks. */
function outcomeOf({ dialect, provider, model }: SpokenFixtures, caller: CallerWorld, chunks: readonly Uint8Array[]): Outcome {
  const request: ChatRequest = { model, stream: true, messages: [], includeUsage: true, extras: {} };
  const through = new TranslatedStream(UPSTREAMS[dialect]!.streamReader(provider, request), caller.side.streamWriter({ request, requestId: 'req_1', now: 0 }));
  let told = '';
  for (const chunk of chunks) {
    through.see(chunk);
    told += through.pass().toString();
  }
  const counted = through.end();
  return { ...counted, told: told + through.rest().toString() };
}

it('every dialect we ask in has fixtures of streams', () => {
  expect([...FRAMING.keys()].filter((dialect) => !FIXTURES.some((fixtures) => fixtures.dialect === dialect))).toEqual([]);
});

function chunksOf(stream: Buffer, size: number): Buffer[] {
  return Array.from({ length: Math.ceil(stream.length / size) }, (_, at) => stream.subarray(at * size, (at + 1) * size));
}

/** Two chunks, cut at every byte, for one speaker of each dialect; that the readers of all others do not mind is shown with every provider. */
function cutsOf(fixtures: SpokenFixtures, stream: Buffer): Buffer[][] {
  const isFirst = FIXTURES.find(({ dialect }) => dialect === fixtures.dialect) === fixtures;
  const inTwo = Array.from({ length: isFirst ? stream.length : 0 }, (_, cut) => [stream.subarray(0, cut), stream.subarray(cut)]);
  return [...inTwo, ...[1, 2, 3, 7, 64].map((size) => chunksOf(stream, size))];
}

/** Lines may end in either way. */
function withCrLf(stream: Buffer): Buffer {
  return Buffer.from(stream.toString('latin1').replace(/\r?\n/g, '\r\n'), 'latin1');
}

describe.each(FIXTURES.map((fixtures) => [fixtures.id, fixtures] as const))('streams of %s', (_, fixtures) => {
  it.each(CALLERS.map((caller) => [caller.dialect, caller] as const))('give the same bytes in %s and the same count, wherever they are cut', (__, caller) => {
    for (const stream of fixtures.streams) {
      const whole = outcomeOf(fixtures, caller, [stream]);
      expect(whole.sawTerminal).toBe(true);
      expect(whole.told.length).toBeGreaterThan(20);
      const seen = JSON.stringify(whole);
      const isBinary = FRAMING.get(fixtures.dialect) === 'frames';
      for (const chunks of isBinary ? cutsOf(fixtures, stream) : [...cutsOf(fixtures, stream), ...cutsOf(fixtures, withCrLf(stream))]) {
        const outcome = outcomeOf(fixtures, caller, chunks);
        if (JSON.stringify(outcome) !== seen) expect({ cut: chunks[0]!.length, ...outcome }).toEqual({ cut: chunks[0]!.length, ...whole });
      }
    }
  });
});
