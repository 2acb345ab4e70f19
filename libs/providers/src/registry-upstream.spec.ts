import type { Meters } from '@byok/contracts';
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { StreamPart } from './dialects/answer-form.js';
import { assembleAnswer } from './dialects/assemble-answer.js';
import type { ChatRequest } from './dialects/chat-form.js';
import type { StreamReader, UpstreamSide } from './dialects/dialect.js';
import { UPSTREAMS } from './dialects/registry.js';
import { CHAT_ENDPOINTS, DIALECT_OF } from './endpoints.js';
import type { UpstreamEndpoint } from './endpoints.js';
import { PROVIDERS } from './index.js';
import type { Provider } from './index.js';

interface Expected {
  endpoint: UpstreamEndpoint;
  model: string;
  meters: Meters;
  /** Where a stream tells less than a plain answer does. */
  streamMeters?: Meters | null;
  events: number;
}

const HERE = import.meta.dirname;
const SPOKEN_BY_CALLERS: readonly string[] = ['chat', 'responses', 'messages', 'generate'];
const fixture = (provider: Provider, name: string) => readFileSync(join(HERE, provider.id, 'fixtures', name));
const expectedOf = (provider: Provider) => JSON.parse(fixture(provider, 'expected.json').toString()) as Expected;

/** Providers whose fixtures are of a dialect that only we speak. */
const cases = PROVIDERS.filter(({ status }) => status.state !== 'discontinued')
  .map((provider) => ({ provider, expected: expectedOf(provider) }))
  .filter(({ expected: { endpoint } }) => CHAT_ENDPOINTS.has(endpoint) && !SPOKEN_BY_CALLERS.includes(endpoint));

function partsOf(reader: StreamReader, chunks: readonly Uint8Array[]): StreamPart[] {
  return [...chunks.flatMap((chunk) => reader.see(chunk)), ...reader.close()];
}

describe.each(cases.map((each) => [each.provider.id, each] as const))('%s, reached by translation alone', (_id, { provider, expected }) => {
  const dialect = UPSTREAMS[DIALECT_OF[expected.endpoint]] as UpstreamSide;
  const request = (stream: boolean): ChatRequest => ({ model: expected.model, stream, messages: [{ role: 'user', parts: [{ type: 'text', text: 'Hello' }] }], extras: {} });
  const streamFile = readdirSync(join(HERE, provider.id, 'fixtures')).find((name) => name.startsWith('stream.'))!;
  const stream = fixture(provider, streamFile);
  const reader = () => dialect.streamReader(provider, request(true));
  const whole = partsOf(reader(), [stream]);

  it('reads usage, model and text from a plain answer', () => {
    const answer = dialect.readAnswer(JSON.parse(fixture(provider, 'answer.json').toString()), provider, request(false));
    expect(answer.meters).toEqual(expected.meters);
    expect(answer.model).toBe(expected.model);
    expect(answer.choices[0]?.parts.some((part) => part.type === 'text' && part.text !== '')).toBe(true);
  });

  it('reads usage and text from a stream and sees its end', () => {
    const answer = assembleAnswer(whole);
    expect(answer.meters).toEqual(expected.streamMeters === undefined ? expected.meters : expected.streamMeters);
    expect(answer.model).toBe(expected.model);
    expect(whole.filter(({ type }) => type === 'text' || type === 'reasoning' || type === 'tool-arguments')).toHaveLength(expected.events);
    expect(whole.filter(({ type }) => type === 'end')).toHaveLength(1);
    expect(whole.at(-1)).toEqual({ type: 'end' });
  });

  it('reads the same parts from a stream cut at every byte', () => {
    for (let cut = 0; cut <= stream.length; cut += 1) expect(partsOf(reader(), [stream.subarray(0, cut), stream.subarray(cut)])).toEqual(whole);
    const bytes = Array.from({ length: stream.length }, (_, at) => stream.subarray(at, at + 1));
    expect(partsOf(reader(), bytes)).toEqual(whole);
  });

  it('never takes a cut stream for a whole one', () => {
    const lastEvent = stream.subarray(0, stream.toString('latin1').trimEnd().length);
    for (let length = 0; length < lastEvent.length; length += 1) {
      const parts = partsOf(reader(), [stream.subarray(0, length)]);
      expect(parts.some(({ type }) => type === 'end')).toBe(false);
    }
  });
});
