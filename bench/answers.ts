/** The answers of the fake upstream as bytes, made once. */

const CREATED = 1_763_700_000;
export const MODEL = 'gpt-4o-mini';
export const STREAM_CHUNKS = 30;
const PLAIN_BODY_BYTES = 604;

const usage = { prompt_tokens: 42, completion_tokens: 60, total_tokens: 102, prompt_tokens_details: { cached_tokens: 0 }, completion_tokens_details: { reasoning_tokens: 0 } };

function plainBody(): string {
  const withContent = (content: string): string =>
    JSON.stringify({
      id: 'chatcmpl-bench0000000000000000000000',
      object: 'chat.completion',
      created: CREATED,
      model: MODEL,
      choices: [{ index: 0, message: { role: 'assistant', content, refusal: null }, logprobs: null, finish_reason: 'stop' }],
      usage,
      system_fingerprint: 'fp_bench00000',
    });
  return withContent('All good here. '.repeat(40).slice(0, PLAIN_BODY_BYTES - withContent('').length));
}

/** What a provider sends along besides the body; a proxy passes it on or leaves it out. */
const PROVIDER_HEADERS =
  'x-request-id: req_bench000000000000000000000000\r\nopenai-processing-ms: 5\r\nopenai-version: 2020-10-01\r\nx-ratelimit-remaining-requests: 9999\r\ndate: Sat, 21 Nov 2026 09:00:00 GMT\r\n';

const body = plainBody();
export const PLAIN_ANSWER = Buffer.from(`HTTP/1.1 200 OK\r\n${PROVIDER_HEADERS}content-type: application/json\r\ncontent-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`);

export const STREAM_HEAD = Buffer.from(`HTTP/1.1 200 OK\r\n${PROVIDER_HEADERS}content-type: text/event-stream; charset=utf-8\r\ntransfer-encoding: chunked\r\n\r\n`);

const frame = (data: string): Buffer => {
  const event = `data: ${data}\n\n`;
  return Buffer.from(`${Buffer.byteLength(event).toString(16)}\r\n${event}\r\n`);
};
const common = { id: 'chatcmpl-bench0000000000000000000000', object: 'chat.completion.chunk', created: CREATED, model: MODEL, system_fingerprint: 'fp_bench00000' };

/** Thirty chunks of text of about 290 bytes each, then the usage chunk. */
export const STREAM_FRAMES: readonly Buffer[] = [
  ...Array.from({ length: STREAM_CHUNKS }, (_, index) =>
    frame(JSON.stringify({ ...common, choices: [{ index: 0, delta: index === 0 ? { role: 'assistant', content: '' } : { content: ' token' }, logprobs: null, finish_reason: null }], usage: null, obfuscation: 'x'.repeat(60) })),
  ),
  frame(JSON.stringify({ ...common, choices: [], usage })),
];

export const STREAM_END = Buffer.concat([frame('[DONE]'), Buffer.from('0\r\n\r\n')]);
