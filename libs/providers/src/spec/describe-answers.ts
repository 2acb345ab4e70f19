import type { ChatAnswer, StreamPart } from '../dialects/answer-form.js';
import { assembleAnswer } from '../dialects/assemble-answer.js';
import type { AnswerPart, ChatRequest } from '../dialects/chat-form.js';
import type { StreamReader, UpstreamSide } from '../dialects/dialect.js';
import { UPSTREAMS } from '../dialects/registry.js';
import { CHAT_ENDPOINTS, DIALECT_OF } from '../endpoints.js';
import type { Provider } from '../provider.js';
import { expectedOf, streamOf } from './provider-fixtures.js';
import type { Expected, Fixtures } from './provider-fixtures.js';

/** That a chat provider's answers are understood when callers of another dialect are served: plain, streamed, with a tool call. */
export function describeAnswers(provider: Provider, fixtures: Fixtures): void {
  const expected = expectedOf(fixtures);
  if (!CHAT_ENDPOINTS.has(expected.endpoint)) return;
  const subject: Subject = { provider, expected, dialect: UPSTREAMS[DIALECT_OF[expected.endpoint]] };
  describeText(subject, fixtures);
  if (provider.capabilities.includes('tools')) describeTools(subject, fixtures);
}

interface Subject {
  provider: Provider;
  expected: Expected;
  dialect: UpstreamSide | undefined;
}

function describeText(subject: Subject, fixtures: Fixtures): void {
  const { expected } = subject;
  const said = (answer: ChatAnswer) => ({ text: textOf(answer, 'text'), finish: answer.choices[0]?.finish, model: answer.model, meters: answer.meters });

  it('says the same in a plain answer, read by its dialect', () => {
    const answer = readPlain(subject, fixtures, 'answer.json');
    expect(said(answer)).toEqual({ text: expected.text, finish: expected.finish, model: expected.model, meters: expected.meters });
    expect(textOf(answer, 'reasoning')).toBe(expected.reasoning ?? '');
  });

  it('says the same in a stream cut at every byte, read by its dialect', () => {
    const stream = streamOf(fixtures, 'stream');
    const whole = partsOf(readerOf(subject), [stream]);
    const meters = expected.streamMeters === undefined ? expected.meters : expected.streamMeters;
    expect(said(assembleAnswer(whole))).toEqual({ text: expected.streamText ?? expected.text, finish: expected.finish, model: expected.model, meters });
    expect(textOf(assembleAnswer(whole), 'reasoning')).toBe(expected.reasoning ?? '');
    expectOneEnd(whole);
    expectSameHoweverCut(subject, stream, whole);
  });

  it('never takes a cut stream for a whole one, read by its dialect', () => {
    const stream = streamOf(fixtures, 'stream');
    const { length: most } = stream.toString('latin1').replace(/[\r\n]+$/, '');
    for (let length = 0; length < most; length += 1) {
      const cut = partsOf(readerOf(subject), [stream.subarray(0, length)]);
      if (!cut.some(({ type }) => type === 'end')) continue;
      // A proxy may leave out the usage behind Bedrock's last word; the answer itself is whole by then.
      expect({ length, endpoint: expected.endpoint, text: textOf(assembleAnswer(cut), 'text') }).toEqual({ length, endpoint: 'converse', text: expected.text });
    }
  });
}

function describeTools(subject: Subject, fixtures: Fixtures): void {
  const { tool } = subject.expected;
  const called = (answer: ChatAnswer) => {
    const calls = answer.choices[0]?.parts.filter((part) => part.type === 'tool-call') ?? [];
    return { finish: answer.choices[0]?.finish, calls: calls.map(({ name, arguments: text }) => ({ name, arguments: JSON.parse(text) as object })), reasoning: textOf(answer, 'reasoning') };
  };
  const wanted = () => {
    if (!tool) throw new Error('A provider with tools needs tools.json, tools-stream.txt and `tool` in expected.json.');
    return { finish: 'tool-calls', calls: [{ name: tool.name, arguments: tool.arguments }], reasoning: tool.reasoning ?? '' };
  };

  it('calls a tool in a plain answer', () => {
    const answer = readPlain(subject, fixtures, 'tools.json');
    expect(called(answer)).toEqual(wanted());
    for (const part of answer.choices[0]!.parts) if (part.type === 'tool-call') expect(part.id).not.toBe('');
    expect(tool!.source.length).toBeGreaterThan(5);
  });

  it('calls the same tool in a stream cut at every byte', () => {
    const stream = streamOf(fixtures, 'tools-stream');
    const whole = partsOf(readerOf(subject), [stream]);
    expect(called(assembleAnswer(whole))).toEqual(wanted());
    expectOneEnd(whole);
    expectSameHoweverCut(subject, stream, whole);
  });
}

function readPlain({ dialect, provider, expected }: Subject, fixtures: Fixtures, name: string): ChatAnswer {
  return spoken(dialect).readAnswer(JSON.parse(fixtures.read(name).toString()), provider, requestOf(expected, false));
}

function readerOf({ dialect, provider, expected }: Subject): StreamReader {
  return spoken(dialect).streamReader(provider, requestOf(expected, true));
}

function spoken(dialect: UpstreamSide | undefined): UpstreamSide {
  if (!dialect) throw new Error('The dialect of these fixtures is not in dialects/registry.ts.');
  return dialect;
}

function requestOf({ model }: Expected, stream: boolean): ChatRequest {
  return { model, stream, messages: [{ role: 'user', parts: [{ type: 'text', text: 'What is the weather in Paris?' }] }], extras: {} };
}

function partsOf(reader: StreamReader, chunks: readonly Uint8Array[]): StreamPart[] {
  return [...chunks.flatMap((chunk) => reader.see(chunk)), ...reader.close()];
}

function textOf(answer: ChatAnswer, type: 'text' | 'reasoning'): string {
  const parts: readonly AnswerPart[] = answer.choices[0]?.parts ?? [];
  return parts.map((part) => (part.type === type ? part.text : '')).join('');
}

function expectOneEnd(parts: readonly StreamPart[]): void {
  expect(parts.filter(({ type }) => type === 'end' || type === 'error')).toEqual([{ type: 'end' }]);
  expect(parts.at(-1)).toEqual({ type: 'end' });
}

function expectSameHoweverCut(subject: Subject, stream: Buffer, whole: readonly StreamPart[]): void {
  const seen = JSON.stringify(whole);
  for (let cut = 0; cut <= stream.length; cut += 1) {
    const parts = partsOf(readerOf(subject), [stream.subarray(0, cut), stream.subarray(cut)]);
    if (JSON.stringify(parts) !== seen) expect({ cut, parts }).toEqual({ cut, parts: whole });
  }
  const bytes = Array.from({ length: stream.length }, (_, at) => stream.subarray(at, at + 1));
  expect(partsOf(readerOf(subject), bytes)).toEqual(whole);
}
