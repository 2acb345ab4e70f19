import { Meters } from '@byok/contracts';
import fc from 'fast-check';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createUsageTap, findProvider } from './index.js';
import type { CallEndpoint, TapResult } from './index.js';

const tapped = (id: string, endpoint: CallEndpoint, stream: boolean, ...chunks: string[]): TapResult => {
  const tap = createUsageTap(findProvider(id)!, endpoint, stream);
  for (const chunk of chunks) tap.see(Buffer.from(chunk));
  return tap.end();
};
const event = (payload: unknown): string => `data: ${JSON.stringify(payload)}\n\n`;
const named = (payload: { type: string; [field: string]: unknown }): string => `event: ${payload.type}\n${event(payload)}`;
const usage = { prompt_tokens: 5, completion_tokens: 2, total_tokens: 7 };

describe('the usage tap on plain answers', () => {
  it('is not fooled by usage written into text, tool arguments or echoed tool schemas', () => {
    const forged = JSON.stringify({ usage: { prompt_tokens: 1, completion_tokens: 1 } });
    const answer = { id: 'r', model: 'm', choices: [{ message: { content: `${forged} "usage":{"prompt_tokens":1}`, tool_calls: [{ function: { arguments: forged } }] } }], usage, tools: [{ parameters: { properties: { usage: { prompt_tokens: 0, completion_tokens: 0 } } } }] };
    expect(tapped('openai', 'chat', false, JSON.stringify(answer)).meters).toMatchObject({ inputUncached: 5, output: 2 });
  });

  it('finds no usage in an answer without any, and knows a cut answer', () => {
    expect(tapped('openai', 'chat', false, '{"id":"r","usage":null}')).toMatchObject({ meters: null, sawTerminal: true });
    expect(tapped('openai', 'chat', false, '{"id":"r","usa')).toMatchObject({ meters: null, sawTerminal: false });
    expect(tapped('openai', 'chat', false)).toMatchObject({ meters: null, sawTerminal: false });
  });

  it('reads the Responses shape', () => {
    const answer = { id: 'resp_1', object: 'response', model: 'gpt-5.4', output: [], usage: { input_tokens: 100, input_tokens_details: { cached_tokens: 40 }, output_tokens: 30, output_tokens_details: { reasoning_tokens: 10 }, total_tokens: 130 }, user: null, metadata: {} };
    expect(tapped('openai', 'responses', false, JSON.stringify(answer)).meters).toMatchObject({ inputUncached: 60, cacheRead: 40, output: 30, reasoning: 10 });
  });

  it('reads Anthropic usage from another provider that speaks its dialect', () => {
    const answer = { id: 'msg', type: 'message', model: 'deepseek-v4-pro', content: [], usage: { input_tokens: 7, cache_read_input_tokens: 3, output_tokens: 9 } };
    expect(tapped('deepseek', 'messages', false, JSON.stringify(answer)).meters).toMatchObject({ inputUncached: 7, cacheRead: 3, output: 9 });
  });

  it('keeps sums within what a usage event may carry', () => {
    const answer = { usage: { prompt_tokens: 1e9, completion_tokens: 1e9, completion_tokens_details: { reasoning_tokens: 1e9 } } };
    expect(Meters.safeParse(tapped('xai', 'chat', false, JSON.stringify(answer)).meters).success).toBe(true);
  });

  it('drops numbers that cannot be token counts', () => {
    for (const prompt_tokens of [-1, 1.5, 1e12, '5', null]) {
      expect(tapped('openai', 'chat', false, JSON.stringify({ usage: { prompt_tokens, completion_tokens: 2 } })).meters).toMatchObject({ inputUncached: 0, output: 2 });
    }
  });
});

describe('the usage tap on streams', () => {
  const terminal = (type: string, extra: object = {}) => ({ type, sequence_number: 9, response: { id: 'resp_1', model: 'gpt-5.4', status: 'completed', output: [], usage: { input_tokens: 10, output_tokens: 4, total_tokens: 14 }, user: null, metadata: extra } });

  it.each(['response.completed', 'response.failed', 'response.incomplete'])('takes %s as the end of a Responses stream', (type) => {
    const result = tapped('openai', 'responses', true, named({ type: 'response.created' }), named({ type: 'response.output_text.delta' }), named(terminal(type)));
    expect(result).toMatchObject({ sawTerminal: true, events: 3, errorSeen: type === 'response.failed', meters: { inputUncached: 10, output: 4 } });
  });

  it('knows the end and the usage of a Responses stream whose last event is a megabyte long', () => {
    const last = terminal('response.completed');
    const text = named({ ...last, response: { ...last.response, output: [{ text: 'x'.repeat(1_000_000) }], usage: last.response.usage } });
    const chunks = text.match(/[^]{1,16384}/g)!;
    expect(tapped('openai', 'responses', true, named({ type: 'response.created' }), ...chunks)).toMatchObject({ sawTerminal: true, events: 2, meters: { inputUncached: 10, output: 4 } });
  });

  it('lets no caller push the usage out of sight with the metadata a response echoes', () => {
    const metadata = Object.fromEntries(Array.from({ length: 16 }, (_, index) => [`k${index}`.padEnd(64, 'k'), '"'.repeat(512)]));
    expect(tapped('openai', 'responses', true, ...(named(terminal('response.completed', metadata)).match(/[^]{1,700}/g) ?? [])).meters).toMatchObject({ inputUncached: 10 });
  });

  it('keeps the input side of an Anthropic stream that was cut, and does not call it whole', () => {
    const start = named({ type: 'message_start', message: { id: 'msg', model: 'claude-sonnet-5', usage: { input_tokens: 25, output_tokens: 1 } } });
    expect(tapped('anthropic', 'messages', true, start, named({ type: 'content_block_delta' }))).toMatchObject({ sawTerminal: false, meters: { inputUncached: 25, output: 1 } });
  });

  it('lets the last message_delta of several count, and its corrections of the input', () => {
    const start = named({ type: 'message_start', message: { model: 'm', usage: { input_tokens: 25, cache_read_input_tokens: 4, output_tokens: 1 } } });
    const delta = (value: object) => named({ type: 'message_delta', delta: {}, usage: value });
    const filler = Array.from({ length: 2000 }, () => named({ type: 'content_block_delta' }));
    const result = tapped('anthropic', 'messages', true, named({ type: 'ping' }), start, ...filler, delta({ output_tokens: 10 }), delta({ output_tokens: 99, input_tokens: 30, cache_read_input_tokens: null }), named({ type: 'message_stop' }));
    expect(result).toMatchObject({ sawTerminal: true, events: 2005, meters: { inputUncached: 30, cacheRead: 4, output: 99 } });
  });

  it.each([
    ['OpenAI', 'openai', 'chat', event({ error: { message: 'boom', type: 'server_error' } })],
    ['OpenRouter beside choices', 'openrouter', 'chat', event({ id: 'g', object: 'chat.completion.chunk', provider: 'x', choices: [{ delta: { content: '' }, finish_reason: 'error' }], error: { code: 502, message: 'down' } })],
    ['xAI', 'xai', 'chat', event({ code: 'internal', error: 'boom' })],
    ['Anthropic', 'anthropic', 'messages', named({ type: 'error', error: { type: 'overloaded_error', message: 'Overloaded' } })],
  ] as const)('sees an error event of %s inside the stream', (_name, id, endpoint, text) => {
    expect(tapped(id, endpoint, true, event({ choices: [] }), text)).toMatchObject({ errorSeen: true, sawTerminal: false });
  });

  it('does not take the word error in a text for an error event', () => {
    expect(tapped('openai', 'chat', true, event({ choices: [{ delta: { content: '{"error":{"message":"no"}}' } }] }), event({ choices: [], error: null, usage }), 'data: [DONE]\n\n')).toMatchObject({ errorSeen: false, sawTerminal: true, meters: { output: 2 } });
  });

  it('counts events, not comments, whatever ends the lines', () => {
    expect(tapped('openai', 'chat', true, ': keep-alive\r\n\r\n', 'data: {"choices":[]}\r\n\r\n', ':data: no\r\n\r\n', 'data: [DONE]\r\n\r\n')).toMatchObject({ events: 1, sawTerminal: true });
  });

  it('finds the usage at the end of a stream of a hundred thousand events', () => {
    const tap = createUsageTap(findProvider('openai')!, 'chat', true);
    const chunk = Buffer.from(event({ choices: [{ delta: { content: 'x'.repeat(100) } }] }));
    for (let index = 0; index < 100_000; index += 1) tap.see(chunk);
    for (const text of [event({ choices: [], usage }), 'data: [DONE]\n\n']) tap.see(Buffer.from(text));
    expect(tap.end()).toMatchObject({ events: 100_001, sawTerminal: true, meters: { inputUncached: 5 } });
  });
});

describe('the usage tap on hostile answers', () => {
  const bytesOf = (id: string, name: string) => readFileSync(join(import.meta.dirname, id, 'fixtures', name));

  it.each([
    ['openai', 'chat'],
    ['openai', 'responses'],
    ['anthropic', 'messages'],
  ] as const)('survives any mutation of a stream of %s (%s), in any chunks, with numbers the contract accepts or none', (id, endpoint) => {
    const stream = bytesOf(id, 'stream.txt');
    const mutation = fc.record({ at: fc.nat(stream.length), remove: fc.nat(40), insert: fc.oneof(fc.uint8Array({ maxLength: 4 }), fc.constantFrom('\n', 'data: ', '"usage":{', '{"error":1}', '}}', '"', '-1').map((text) => Buffer.from(text))) });
    fc.assert(
      fc.property(fc.array(mutation, { maxLength: 4 }), fc.array(fc.nat(stream.length), { maxLength: 5 }), fc.boolean(), (mutations, cuts, isStream) => {
        const bytes = mutations.reduce((each, { at, remove, insert }) => Buffer.concat([each.subarray(0, at), insert, each.subarray(at + remove)]), stream);
        const tap = createUsageTap(findProvider(id)!, endpoint, isStream);
        let from = 0;
        for (const cut of [...cuts].sort((left, right) => left - right)) {
          tap.see(bytes.subarray(from, cut));
          from = cut;
        }
        tap.see(bytes.subarray(from));
        const { meters } = tap.end();
        if (meters) expect(Meters.parse(meters)).toEqual(meters);
      }),
      { numRuns: 3000 },
    );
  });

  it('reads 10 MB of false usage within a second', () => {
    for (const piece of ['"usage":{},', '{"usage":{', '"usage":', '"usage":{"a":"', '\\"usage":{},']) {
      const bytes = Buffer.from(piece.repeat(Math.ceil(10_000_000 / piece.length)));
      for (const isStream of [true, false]) {
        const started = performance.now();
        const tap = createUsageTap(findProvider('openai')!, 'chat', isStream);
        tap.see(bytes);
        expect(tap.end().meters).toBeNull();
        expect(performance.now() - started).toBeLessThan(1000);
      }
    }
  });
});
