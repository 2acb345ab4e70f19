import { createOpenAI } from '@ai-sdk/openai';
import { generateText, stepCountIs, streamText, tool } from 'ai';
import OpenAI from 'openai';
import { z } from 'zod';
import type { ChatAnswer } from '../answer-form.js';
import { anAnswerWithCalls } from '../answer.builder.js';
import type { ChatRequest } from '../chat-form.js';
import type { AnswerContext } from '../dialect.js';
import { partsOfAnswer } from '../parts-of-answer.js';
import { openaiResponses } from './index.js';

const CALLS = anAnswerWithCalls({ id: 'msg_1', model: 'claude-opus-5' });
const TEXT: ChatAnswer = { ...CALLS, id: 'msg_2', choices: [{ index: 0, finish: 'stop', parts: [{ type: 'text', text: '{"found":2}' }] }] };
const answerOf = (parts: ChatAnswer['choices'][number]['parts'], finish: ChatAnswer['choices'][number]['finish']): ChatAnswer => ({ ...TEXT, choices: [{ index: 0, parts, finish }] });

/** A gateway that lives in a function: it reads the client's requests and answers them in turn with what we write. */
function gateway(answers: ChatAnswer[], seen: ChatRequest[] = []): typeof globalThis.fetch {
  return (_, init) => {
    const request = openaiResponses.readRequest(JSON.parse(init?.body as string) as Record<string, unknown>);
    const answer = answers[Math.min(seen.push(request), answers.length) - 1]!;
    const about: AnswerContext = { request, requestId: 'req_4711', now: 0 };
    if (!request.stream) return Promise.resolve(Response.json(openaiResponses.writeAnswer(answer, about)));
    const writer = openaiResponses.streamWriter(about);
    const text = partsOfAnswer(answer).map((part) => writer.write(part)).join('');
    return Promise.resolve(new Response(text, { headers: { 'content-type': 'text/event-stream' } }));
  };
}
const clientOf = (answers: ChatAnswer[], seen?: ChatRequest[]) => new OpenAI({ apiKey: 'k', baseURL: 'http://gateway.invalid/v1', fetch: gateway(answers, seen), maxRetries: 0 });
const ask = { model: 'm', input: 'Hi', store: false } as const;

describe("OpenAI's client", () => {
  const usage = { input_tokens: 37, input_tokens_details: { cached_tokens: 20, cache_write_tokens: 7 }, output_tokens: 50, output_tokens_details: { reasoning_tokens: 30 }, total_tokens: 87 };
  const output = [
    { type: 'reasoning', summary: [{ type: 'summary_text', text: 'hm' }], encrypted_content: 'proof:sig' },
    { type: 'reasoning', summary: [], encrypted_content: 'sealed' },
    { type: 'message', role: 'assistant', content: [{ type: 'output_text', text: 'Let me look ☃', annotations: [] }] },
    { type: 'function_call', call_id: 'call_1', name: 'find', arguments: '{"q":"ü"}', status: 'completed' },
    { type: 'function_call', call_id: 'call_2', name: 'find', arguments: '{"q":""}', status: 'completed' },
  ];

  it('reads our plain response', async () => {
    const response = await clientOf([CALLS]).responses.create(ask);
    expect(response).toMatchObject({ id: 'resp_msg_1', status: 'completed', model: 'claude-opus-5', output, usage, output_text: 'Let me look ☃' });
  });

  it('puts our stream together to the same response', async () => {
    const plain = await clientOf([CALLS]).responses.create(ask);
    const final = await clientOf([CALLS]).responses.stream(ask).finalResponse();
    expect(final).toMatchObject(JSON.parse(JSON.stringify(plain)) as object);
  });

  it.each([
    ['length', 'incomplete', { reason: 'max_output_tokens' }],
    ['content-filter', 'incomplete', { reason: 'content_filter' }],
    ['error', 'failed', null],
  ] as const)('sees that a stream ended by %s', async (finish, status, details) => {
    const final = await clientOf([answerOf([{ type: 'text', text: 'par' }, { type: 'refusal', text: 'no' }], finish)]).responses.stream(ask).finalResponse();
    expect(final).toMatchObject({ status, incomplete_details: details, output_text: 'par', output: [{ content: [{ text: 'par' }, { type: 'refusal', refusal: 'no' }] }] });
  });

  it('parses an answer by schema', async () => {
    const format = { type: 'json_schema' as const, name: 'count', schema: { type: 'object', properties: { found: { type: 'number' } } }, strict: true };
    const response = await clientOf([TEXT]).responses.parse({ ...ask, text: { format } });
    expect(response.output_parsed).toEqual({ found: 2 });
  });

  it('loops over tools with what it was given, reasoning and its proofs included', async () => {
    const seen: ChatRequest[] = [];
    const client = clientOf([CALLS, TEXT], seen);
    const input: OpenAI.Responses.ResponseInput = [{ role: 'user', content: 'Hi' }];
    const first = await client.responses.stream({ ...ask, input }).finalResponse();
    for (const item of first.output) {
      input.push(item as OpenAI.Responses.ResponseInputItem);
      if (item.type === 'function_call') input.push({ type: 'function_call_output', call_id: item.call_id, output: `${item.name} ${item.arguments}` });
    }
    expect((await client.responses.create({ ...ask, input })).output_text).toBe('{"found":2}');
    const result = (id: string, text: string) => ({ role: 'tool', results: [{ id, name: 'find', parts: [{ type: 'text', text }] }] });
    expect(seen[1]?.messages).toEqual([
      { role: 'user', parts: [{ type: 'text', text: 'Hi' }] },
      { role: 'assistant', parts: CALLS.choices[0]!.parts.slice(0, 4) },
      result('call_1', 'find {"q":"ü"}'),
      { role: 'assistant', parts: CALLS.choices[0]!.parts.slice(4) },
      result('call_2', 'find {"q":""}'),
    ]);
  });
});

describe('the AI SDK with its OpenAI provider', () => {
  const modelOf = (answers: ChatAnswer[], seen?: ChatRequest[]) => createOpenAI({ apiKey: 'k', baseURL: 'http://gateway.invalid/v1', fetch: gateway(answers, seen) }).responses('gpt-5');
  const tools = { find: tool({ description: 'Finds.', inputSchema: z.object({ q: z.string() }), execute: ({ q }) => Promise.resolve(`found ${q}`) }) };
  const common = { prompt: 'Hi', tools, stopWhen: stepCountIs(3), providerOptions: { openai: { store: false } } };
  const secondTurn = (seen: ChatRequest[]) => seen[1]?.messages.slice(1);
  const wanted = [
    { role: 'assistant', parts: CALLS.choices[0]!.parts },
    { role: 'tool', results: [{ id: 'call_1', name: 'find', parts: [{ type: 'text', text: 'found ü' }] }, { id: 'call_2', name: 'find', parts: [{ type: 'text', text: 'found ' }] }] },
  ];

  it('runs a tool loop over plain responses', async () => {
    const seen: ChatRequest[] = [];
    const { text, steps, totalUsage } = await generateText({ ...common, model: modelOf([CALLS, TEXT], seen) });
    expect(text).toBe('{"found":2}');
    expect(steps[0]).toMatchObject({ finishReason: 'tool-calls', reasoningText: 'hm' });
    expect(totalUsage).toMatchObject({ inputTokens: 74, outputTokens: 100 });
    expect(secondTurn(seen)).toEqual(wanted);
  });

  it('runs the same tool loop over streams', async () => {
    const seen: ChatRequest[] = [];
    const { text, steps } = streamText({ ...common, model: modelOf([CALLS, TEXT], seen) });
    expect(await text).toBe('{"found":2}');
    expect((await steps)[0]).toMatchObject({ finishReason: 'tool-calls', reasoningText: 'hm', text: 'Let me look ☃' });
    expect(secondTurn(seen)).toEqual(wanted);
  });

  it.each([
    ['length', 'length'],
    ['content-filter', 'content-filter'],
    ['stop', 'stop'],
  ] as const)('sees that an answer ended by %s', async (finish, reason) => {
    const answer = answerOf([{ type: 'text', text: 'par' }], finish);
    expect((await generateText({ model: modelOf([answer]), prompt: 'Hi' })).finishReason).toBe(reason);
    expect(await streamText({ model: modelOf([answer]), prompt: 'Hi' }).finishReason).toBe(reason);
  });
});
