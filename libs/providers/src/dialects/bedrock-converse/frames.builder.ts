import { EventStreamCodec } from '@smithy/eventstream-codec';

export type Told = readonly [event: string, payload: object];

const codec = new EventStreamCodec(
  (bytes) => new TextDecoder().decode(bytes as Uint8Array),
  (text) => new TextEncoder().encode(text),
);

/** One frame as Bedrock sends it. */
export function frame(headers: Record<string, string>, payload: string): Buffer {
  const told = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, { type: 'string' as const, value }]));
  return Buffer.from(codec.encode({ headers: told, body: Buffer.from(payload) }));
}

export function eventFrame(event: string, payload: object): Buffer {
  return frame({ ':event-type': event, ':content-type': 'application/json', ':message-type': 'event' }, JSON.stringify(payload));
}

export function exceptionFrame(exception: string, payload: object): Buffer {
  return frame({ ':exception-type': exception, ':content-type': 'application/json', ':message-type': 'exception' }, JSON.stringify(payload));
}

export function framesOf(events: readonly Told[]): Buffer {
  return Buffer.concat(events.map(([event, payload]) => eventFrame(event, payload)));
}

/** What aws-bedrock/fixtures/stream.bin says, event by event; `p` is padding that hides lengths. */
export const FIXTURE: readonly Told[] = [
  ['messageStart', { p: 'abcdefgh', role: 'assistant' }],
  ['contentBlockDelta', { contentBlockIndex: 0, delta: { text: 'Rain is likely' }, p: 'abc' }],
  ['contentBlockDelta', { contentBlockIndex: 0, delta: { text: ' in Bergen tomorrow, with' }, p: 'abcdefghijklmnop' }],
  ['contentBlockDelta', { contentBlockIndex: 0, delta: { text: ' about 14' }, p: 'a' }],
  ['contentBlockDelta', { contentBlockIndex: 0, delta: { text: ' degrees.' }, p: 'abcd' }],
  ['contentBlockStop', { contentBlockIndex: 0, p: 'abcdefghij' }],
  ['messageStop', { p: 'abcdefghijklmnopqrstuvwxyz', stopReason: 'end_turn' }],
  [
    'metadata',
    {
      metrics: { latencyMs: 1175 },
      p: 'abcdef',
      usage: { cacheDetails: [{ inputTokens: 112, ttl: '1h' }, { inputTokens: 400, ttl: '5m' }], cacheReadInputTokens: 2048, cacheWriteInputTokens: 512, inputTokens: 30, outputTokens: 16, totalTokens: 2606 },
    },
  ],
];
