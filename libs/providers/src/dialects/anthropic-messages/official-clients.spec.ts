import { createAnthropic } from '@ai-sdk/anthropic';
import Anthropic from '@anthropic-ai/sdk';
import { generateText, stepCountIs, streamText, tool } from 'ai';
import { z } from 'zod';
import type { ChatAnswer } from '../answer-form.js';
import { anAnswerWithCalls } from '../answer.builder.js';
import type { AnswerContext } from '../dialect.js';
import { partsOfAnswer } from '../parts-of-answer.js';
import { anthropicMessages } from './index.js';

const ANSWER = anAnswerWithCalls({ id: 'chatcmpl-1', model: 'gpt-5-x' });

/** A gateway that lives in a function: it reads the client's request and answers with what we write. */
function gateway(answer: ChatAnswer, seen: unknown[] = []): typeof globalThis.fetch {
  return (_, init) => {
    const body = JSON.parse(init?.body as string) as Record<string, unknown>;
    const request = anthropicMessages.readRequest(body);
    seen.push(request);
    const about: AnswerContext = { request, requestId: 'req_4711', now: 0 };
    if (!request.stream) return Promise.resolve(Response.json(anthropicMessages.writeAnswer(answer, about)));
    const writer = anthropicMessages.streamWriter(about);
    const text = partsOfAnswer(answer).map((part) => writer.write(part)).join('');
    return Promise.resolve(new Response(text, { headers: { 'content-type': 'text/event-stream' } }));
  };
}

describe('the official client of the Messages API', () => {
  const ask = { model: 'm', max_tokens: 100, messages: [{ role: 'user' as const, content: 'Hi' }] };
  const client = () => new Anthropic({ apiKey: 'k', baseURL: 'http://gateway.invalid', fetch: gateway(ANSWER), maxRetries: 0 });
  const content = [
    { type: 'thinking', thinking: 'hm', signature: 'sig' },
    { type: 'redacted_thinking', data: 'sealed' },
    { type: 'text', text: 'Let me look ☃' },
    { type: 'tool_use', id: 'call_1', name: 'find', input: { q: 'ü' } },
    { type: 'tool_use', id: 'call_2', name: 'find', input: { q: '' } },
  ];
  const usage = { input_tokens: 10, cache_creation_input_tokens: 7, cache_read_input_tokens: 20, output_tokens: 50, output_tokens_details: { thinking_tokens: 30 } };

  it('reads our plain message', async () => {
    expect(await client().messages.create(ask)).toMatchObject({ id: 'msg_4711', model: 'gpt-5-x', content, stop_reason: 'tool_use', usage });
  });

  it('puts our stream together to the same message', async () => {
    const stream = client().messages.stream(ask);
    const said: string[] = [];
    stream.on('text', (delta) => said.push(delta));
    const message = await stream.finalMessage();
    expect(JSON.parse(JSON.stringify(message))).toMatchObject({ id: 'msg_4711', model: 'gpt-5-x', content, stop_reason: 'tool_use', usage });
    expect(said.join('')).toBe('Let me look ☃');
  });
});

describe('the AI SDK with its Anthropic provider', () => {
  const FINAL: ChatAnswer = { ...ANSWER, choices: [{ index: 0, finish: 'stop', parts: [{ type: 'reasoning', text: 'hm' }, { type: 'text', text: 'Found it.' }] }] };
  const model = (fetch: typeof globalThis.fetch) => createAnthropic({ apiKey: 'k', baseURL: 'http://gateway.invalid/v1', fetch })('claude-haiku-4-5');
  const find = tool({ description: 'finds', inputSchema: z.object({ q: z.string() }), execute: ({ q }) => `found ${q}` });

  it('reads our plain message', async () => {
    const result = await generateText({ model: model(gateway(FINAL)), prompt: 'Hi' });
    expect(result).toMatchObject({ text: 'Found it.', reasoningText: 'hm', finishReason: 'stop', usage: { outputTokens: 50 } });
  });

  it('reads our stream', async () => {
    const result = streamText({ model: model(gateway(FINAL)), prompt: 'Hi' });
    expect(await result.text).toBe('Found it.');
    expect(await result.finishReason).toBe('stop');
    expect((await result.usage).outputTokens).toBe(50);
  });

  it.each(['plain', 'streamed'])('goes a round with tools, %s, and its history comes back whole', async (how) => {
    const seen: { messages: unknown[] }[] = [];
    let turn = 0;
    const fetch: typeof globalThis.fetch = (input, init) => gateway(turn++ === 0 ? ANSWER : FINAL, seen)(input, init);
    const ask = { model: model(fetch), prompt: 'Hi', tools: { find }, stopWhen: stepCountIs(2) };
    expect(how === 'plain' ? (await generateText(ask)).text : await streamText(ask).text).toBe('Found it.');
    expect(seen[1]?.messages).toEqual([
      { role: 'user', parts: [{ type: 'text', text: 'Hi' }] },
      { role: 'assistant', parts: ANSWER.choices[0]?.parts },
      { role: 'tool', results: [{ id: 'call_1', name: 'find', parts: [{ type: 'text', text: 'found ü' }] }, { id: 'call_2', name: 'find', parts: [{ type: 'text', text: 'found ' }] }] },
    ]);
  });
});
