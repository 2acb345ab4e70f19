import fc from 'fast-check';
import { anyRequest } from '../spec/any-chat.js';
import { callerWorlds, upstreamWorlds } from '../spec/dialect-world.js';
import type { CallerWorld } from '../spec/dialect-world.js';
import { crashOf, findings, RUNS } from '../spec/fuzzing.js';
import { mutateJson, writeMutated } from '../spec/mutate.js';
import { translate } from '../translate.js';
import type { ChatRequest } from './chat-form.js';

const UPSTREAMS = upstreamWorlds();

describe.each(callerWorlds().map((world) => [world.dialect, world] as const))('damaged requests in %s', (_, caller) => {
  it(`${RUNS} of them are refused, or written in every dialect`, () => {
    const bodies = fc.sample(anyRequest(caller.reader.model, true), { numRuns: 60, seed: 2 }).map((request) => richer(caller, request));
    const found = findings(RUNS, (dice, turn) => {
      const text = writeMutated(mutateJson(JSON.parse(bodies[turn % bodies.length]!), dice), dice);
      const upstream = UPSTREAMS[turn % UPSTREAMS.length]!;
      // The gateway has refused what is no object, and what is nested deeper than a request ever is.
      if (!text.startsWith('{') || text.length > 30_000) return null;
      return crashOf(() => {
        const { body } = translate({ body: Buffer.from(text), from: caller.endpoint, to: upstream.endpoint, provider: upstream.provider, model: upstream.model, stream: dice.roll(2) === 0, requestId: 'req_1', now: 0 });
        JSON.parse(body.toString());
      });
    });
    expect(found).toEqual([]);
  });

  it('arguments of a call that nest beyond all measure, which a text may, are refused or passed on as a text', () => {
    const call = { type: 'tool-call' as const, id: 'call00001', name: 'find', arguments: `{"a":${'['.repeat(30_000)}${']'.repeat(30_000)}}` };
    const messages: ChatRequest['messages'] = [
      { role: 'user', parts: [{ type: 'text', text: 'Find it.' }] },
      { role: 'assistant', parts: [call] },
      { role: 'tool', results: [{ id: call.id, name: call.name, parts: [{ type: 'text', text: '5' }] }] },
    ];
    const found = UPSTREAMS.map((upstream) =>
      crashOf(() => {
        const body = Buffer.from(JSON.stringify(caller.reader.side.writeRequest({ model: caller.reader.model, stream: false, messages, extras: {} }, caller.reader.provider).body));
        translate({ body, from: caller.endpoint, to: upstream.endpoint, provider: upstream.provider, model: upstream.model, stream: false, requestId: 'req_1', now: 0 });
      }),
    );
    expect(found.filter((crash) => crash !== null)).toEqual([]);
  });
});

const PIXEL = { type: 'image' as const, source: { kind: 'base64' as const, mediaType: 'image/png', data: 'AAAA' } };
const SCHEMA = { type: 'object', properties: { a: { type: ['string', 'null'], enum: ['x', null] }, b: { $ref: '#/$defs/b' }, c: { anyOf: [{ type: 'array', items: { type: 'number' } }, { type: 'object', additionalProperties: false }] } }, required: ['a'], $defs: { b: { type: 'integer', minimum: 1 } } };

/** As a caller writes it who uses everything there is. */
function richer({ reader }: CallerWorld, { tools, ...request }: ChatRequest): string {
  const asked: ChatRequest = {
    ...request,
    messages: [...request.messages, { role: 'user', parts: [{ type: 'text', text: 'What is this?', cache: '5m' }, PIXEL] }],
    ...(tools ? { tools: tools.map((tool) => ({ ...tool, description: 'Does it.', parameters: SCHEMA, strict: true })), toolChoice: { name: tools[0]!.name }, parallelToolCalls: false } : { answerFormat: { type: 'json-schema', name: 'answer', schema: SCHEMA, strict: true } }),
    maxTokens: 2_000,
    temperature: 0.5,
    stop: ['END', '\n\n'],
    reasoning: { effort: 'low' },
    user: 'u-1',
    extras: {},
  };
  return JSON.stringify(reader.side.writeRequest(asked, reader.provider).body);
}
