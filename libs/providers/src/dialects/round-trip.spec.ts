import fc from 'fast-check';
import { PROVIDERS } from '../registry.js';
import { anyAnswer, anyRequest, saidBy, saidIn } from '../spec/any-chat.js';
import { callerWorlds, upstreamWorlds } from '../spec/dialect-world.js';
import type { CallerWorld, UpstreamWorld } from '../spec/dialect-world.js';
import { expectedOf, fixturesOf } from '../spec/provider-fixtures.js';
import { CHAT_ENDPOINTS, DIALECT_OF } from '../endpoints.js';
import { translate } from '../translate.js';
import type { Translation } from '../translate.js';
import type { ChatAnswer } from './answer-form.js';
import { assembleAnswer } from './assemble-answer.js';
import type { ChatRequest } from './chat-form.js';
import { isGoogleCloud } from './gemini-generate/rules.js';

const UPSTREAM = upstreamWorlds();
const CALLER = callerWorlds();
const openAi = CALLER.find(({ dialect }) => dialect === 'openai-chat')!;

const overTheWire = (value: object) => JSON.parse(JSON.stringify(value)) as Record<string, unknown>;
const bytesOf = (value: object) => Buffer.from(JSON.stringify(value));
const hasTools = ({ provider }: UpstreamWorld) => provider.capabilities.includes('tools');

/** The request as a caller of that dialect writes it. */
function askedIn({ reader }: CallerWorld, request: ChatRequest): Buffer {
  return bytesOf(reader.side.writeRequest({ ...request, model: reader.model }, reader.provider).body);
}

function translated(caller: CallerWorld, upstream: UpstreamWorld, request: ChatRequest, stream: boolean): Translation {
  return translate({ body: askedIn(caller, { ...request, stream }), from: caller.endpoint, to: upstream.endpoint, provider: upstream.provider, model: upstream.model, stream, requestId: 'req_1', now: 0 });
}

/** What the caller reads in its own dialect, plain. */
function plainAt({ reader }: CallerWorld, translation: Translation, body: object): ChatAnswer {
  const { body: told } = translation.whole(bytesOf(body));
  return reader.side.readAnswer(JSON.parse(told.toString()), reader.provider, { model: reader.model, stream: false, messages: [], extras: {} });
}

/** What the caller reads in its own dialect, streamed; the provider's bytes come in two chunks. */
function streamedAt({ reader }: CallerWorld, translation: Translation, stream: Buffer): ChatAnswer {
  const through = translation.stream();
  const cut = Math.floor(stream.length / 2);
  const told: Buffer[] = [stream.subarray(0, cut), stream.subarray(cut)].map((chunk) => (through.see(chunk), through.pass()));
  expect(through.end().sawTerminal).toBe(true);
  const reading = reader.side.streamReader(reader.provider, { model: reader.model, stream: true, messages: [], extras: {} });
  const parts = [...reading.see(Buffer.concat([...told, through.pass()])), ...reading.close()];
  expect(parts.filter(({ type }) => type === 'end' || type === 'error')).toEqual([{ type: 'end' }]);
  return assembleAnswer(parts);
}

describe.each(UPSTREAM.map((world) => [world.dialect, world] as const))('OpenAI chat to %s and back', (_, world) => {
  it('keeps texts, roles, tools, and of calls and results names, ids and arguments', () => {
    fc.assert(
      fc.property(anyRequest(world.model, hasTools(world)), fc.boolean(), (request, stream) => {
        const heard = world.pretend.hear(JSON.parse(translated(openAi, world, request, stream).body.toString()) as Record<string, unknown>);
        expect(saidIn(heard.messages)).toEqual(saidIn(request.messages));
        expect(heard.tools.sort()).toEqual((request.tools ?? []).map(({ name }) => name).sort());
      }),
      { numRuns: 200 },
    );
  });
});

const PAIRS = CALLER.flatMap((caller) => UPSTREAM.map((upstream) => [caller.dialect, upstream.dialect, caller, upstream] as const));

describe.each(PAIRS)('%s answered by %s', (_caller, _upstream, caller, upstream) => {
  const asked: ChatRequest = { model: upstream.model, stream: false, messages: [{ role: 'user', parts: [{ type: 'text', text: 'Hello' }] }], extras: {} };

  it('keeps text, tool names, ids and arguments, why it ended and what it took, plain and in the same words streamed', () => {
    const plain = translated(caller, upstream, asked, false);
    const streamed = translated(caller, upstream, asked, true);
    fc.assert(
      fc.property(anyAnswer(upstream.model, hasTools(upstream)), (answer) => {
        const read = plainAt(caller, plain, overTheWire(upstream.pretend.answer(answer)));
        expect(saidBy(read)).toEqual(saidBy(answer));
        expect(read.meters).toMatchObject({ inputUncached: answer.meters!.inputUncached, output: answer.meters!.output });
        const assembled = streamedAt(caller, streamed, upstream.pretend.stream(answer));
        expect(saidBy(assembled)).toEqual(saidBy(read));
        // Replicate counts in the prediction alone.
        if (upstream.dialect !== 'replicate-predictions') expect(assembled.meters).toMatchObject({ inputUncached: answer.meters!.inputUncached, output: answer.meters!.output });
      }),
      { numRuns: 60 },
    );
  });
});

const SPEAKERS = PROVIDERS.filter(({ status }) => status.state !== 'discontinued').flatMap((provider) => {
  const expected = expectedOf(fixturesOf(provider.id));
  const world = UPSTREAM.find(({ dialect }) => dialect === DIALECT_OF[expected.endpoint]);
  return world && CHAT_ENDPOINTS.has(expected.endpoint) ? [[provider.id, { ...world, endpoint: expected.endpoint, provider, model: expected.model }] as const] : [];
});

/** Google's cloud knows calls and their results by their order alone: every call gets a number, and its result the same. */
function withoutIds(said: object[]): object[] {
  const numbers = new Map<string, number>();
  let calls = 0;
  return JSON.parse(JSON.stringify(said).replace(/("id":"|result of )(\w+)/g, (_, before: string, id: string) => {
    if (before !== 'result of ') numbers.set(id, calls++);
    return before + String(numbers.get(id));
  })) as object[];
}

describe.each(SPEAKERS)('OpenAI chat to %s', (_, world) => {
  it('keeps texts, roles, tools, and of calls and results names, ids and arguments', () => {
    fc.assert(
      fc.property(anyRequest(world.model, hasTools(world)), (request) => {
        const heard = world.pretend.hear(JSON.parse(translated(openAi, world, request, false).body.toString()) as Record<string, unknown>);
        const inOrder = isGoogleCloud(world.provider) ? withoutIds : (said: object[]) => said;
        expect(inOrder(saidIn(heard.messages))).toEqual(inOrder(saidIn(request.messages)));
      }),
      { numRuns: 30 },
    );
  });

  it('gives a whole answer for whatever its dialect says, plain and streamed', () => {
    const asked: ChatRequest = { model: world.model, stream: false, messages: [{ role: 'user', parts: [{ type: 'text', text: 'Hello' }] }], extras: {} };
    fc.assert(
      fc.property(anyAnswer(world.model, hasTools(world)), (answer) => {
        expect(saidBy(plainAt(openAi, translated(openAi, world, asked, false), overTheWire(world.pretend.answer(answer))))).toEqual(saidBy(answer));
        expect(saidBy(streamedAt(openAi, translated(openAi, world, asked, true), world.pretend.stream(answer)))).toEqual(saidBy(answer));
      }),
      { numRuns: 30 },
    );
  });
});
