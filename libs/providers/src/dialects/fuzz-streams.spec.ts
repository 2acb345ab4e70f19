import { Meters } from '@byok/contracts';
import fc from 'fast-check';
import { anyAnswer } from '../spec/any-chat.js';
import { spokenFixtures } from '../spec/dialect-fixtures.js';
import { callerWorlds, upstreamWorlds } from '../spec/dialect-world.js';
import type { UpstreamWorld } from '../spec/dialect-world.js';
import { crashOf, findings, RUNS } from '../spec/fuzzing.js';
import type { Dice } from '../spec/mutate.js';
import { eventsOf, mutateStream } from '../spec/mutate-stream.js';
import { disorderIn } from '../spec/part-order.js';
import { TranslatedStream } from '../translate.js';
import type { StreamPart } from './answer-form.js';
import type { ChatRequest } from './chat-form.js';

/** Of every stream. */
const CUTS = 120;
const CALLERS = callerWorlds();
const FIXTURES = spokenFixtures();
const REQUEST: ChatRequest = { model: 'm', stream: true, messages: [], includeUsage: true, extras: {} };

/** Every provider's own words in this dialect, and a few made up, in which no text looks like the dialect's last word. */
function streamsIn(upstream: UpstreamWorld): Buffer[] {
  const made = fc.sample(anyAnswer(upstream.model, upstream.provider.capabilities.includes('tools')), { numRuns: 10, seed: 1 }).map((answer) => {
    const [choice] = answer.choices;
    return { ...answer, choices: [{ ...choice!, parts: choice!.parts.map((part) => (part.type === 'text' ? { ...part, text: 'Grüße 🌍\n\nund mehr.' } : part)) }] };
  });
  return [...FIXTURES.filter(({ dialect }) => dialect === upstream.dialect).flatMap(({ streams }) => streams), ...made.map((answer) => upstream.pretend.stream(answer))];
}

/** What goes wrong on its way to one of the callers. */
function findingIn(upstream: UpstreamWorld, stream: Buffer, dice: Dice, mayEnd: boolean): string | null {
  const caller = dice.pick(CALLERS);
  const cut = dice.roll(stream.length + 1);
  let finding: string | null = null;
  const crash = crashOf(() => {
    const reader = upstream.side.streamReader(upstream.provider, REQUEST);
    const parts: StreamPart[] = [];
    const noted = (told: StreamPart[]): StreamPart[] => (parts.push(...told), told);
    const through = new TranslatedStream({ see: (chunk) => noted(reader.see(chunk)), close: () => noted(reader.close()) }, caller.side.streamWriter({ request: REQUEST, requestId: 'req_1', now: 0 }));
    const passed = [stream.subarray(0, cut), stream.subarray(cut)].map((chunk) => (through.see(chunk), through.pass().toString()));
    const { sawTerminal, errorSeen } = through.end();
    const told = passed.join('') + through.rest().toString();
    const isOver = parts.some(({ type }) => type === 'end' || type === 'error');
    finding = disorderIn(isOver ? [...parts, ...reader.see(stream), ...reader.close()] : parts) ?? endFinding(parts, { sawTerminal, errorSeen, mayEnd });
    if (isEndTold(caller.reader, told, parts) !== sawTerminal) finding ??= sawTerminal ? `no last word in ${caller.dialect}` : `a last word in ${caller.dialect} without an end`;
  });
  return crash ?? finding;
}

function endFinding(parts: readonly StreamPart[], { sawTerminal, errorSeen, mayEnd }: { sawTerminal: boolean; errorSeen: boolean; mayEnd: boolean }): string | null {
  if (parts.some((part) => part.type === 'usage' && !Meters.safeParse(part.meters).success)) return 'meters that billing does not take';
  if (sawTerminal && !mayEnd) return 'a clean end of a broken stream';
  return sawTerminal !== (parts.at(-1)?.type === 'end') || (sawTerminal && errorSeen) ? 'the reader and the stream do not agree on the end' : null;
}

/** An answer that ended in the model's own error is told as failed by those who have a word for it. */
function isEndTold({ framing }: UpstreamWorld, told: string, parts: readonly StreamPart[]): boolean {
  const failed = parts.some((part) => part.type === 'finish' && part.reason === 'error');
  return framing.lastWord.test(told) || (failed && told.includes('response.failed'));
}

/** A proxy may leave out the usage behind Bedrock's last word; the answer is whole by then. */
function mayEndAt(stream: Buffer, { framing }: UpstreamWorld): number | null {
  if (framing.kind !== 'frames') return null;
  const frames = eventsOf(stream, 'frames');
  return Buffer.concat(frames.slice(0, 1 + frames.findIndex((frame) => framing.lastWord.test(frame.toString('latin1'))))).length;
}

describe.each(upstreamWorlds().map((world) => [world.dialect, world] as const))('damaged streams in %s', (_, upstream) => {
  const streams = streamsIn(upstream);

  it(`${RUNS} of them do not crash, tell their parts in order, and end only with the last word of the dialect`, () => {
    const found = findings(RUNS, (dice, turn) => {
      const stream = mutateStream(streams[turn % streams.length]!, upstream.framing.kind, dice);
      return findingIn(upstream, stream, dice, upstream.framing.lastWord.test(stream.toString('latin1')));
    });
    expect(found).toEqual([]);
  });

  it('cut before their end they never end, in no dialect of a caller', () => {
    const found = streams.flatMap((stream) => {
      const { length } = stream.toString('latin1').trimEnd();
      return findings(CUTS, (dice, turn) => {
        // The last bytes one by one: there it is decided.
        const at = turn < CUTS / 4 ? Math.max(1, length - 1 - turn) : 1 + dice.roll(length - 1);
        return at === mayEndAt(stream, upstream) ? null : findingIn(upstream, stream.subarray(0, at), dice, false);
      });
    });
    expect(found).toEqual([]);
  });
});
