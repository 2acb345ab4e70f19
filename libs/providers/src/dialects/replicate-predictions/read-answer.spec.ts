import { replicate } from '../../replicate/index.js';
import { replicatePredictions } from './index.js';

const request = { model: 'meta/meta-llama-3-8b-instruct', stream: false, messages: [], extras: {} };
const read = (changes: object) => replicatePredictions.readAnswer({ id: 'p1', status: 'succeeded', output: 'Hi', created_at: '2026-11-21T12:00:00Z', ...changes }, replicate, request);
const upstreamError = (message: string) => expect.objectContaining({ code: 'upstream_error', message: expect.stringContaining(message) as string }) as Error;

describe('a finished prediction', () => {
  it.each([
    ['a text', 'Hello', 'Hello'],
    ['pieces of a text', ['Hel', '', 'lo'], 'Hello'],
  ])('gives %s', (_name, output, text) => {
    expect(read({ output })).toMatchObject({ id: 'p1', model: request.model, createdAt: 1795262400, choices: [{ index: 0, parts: [{ type: 'text', text }], finish: 'stop' }], meters: null, vendor: {} });
  });

  it.each([null, undefined, '', []])('may have nothing to say: %j', (output) => {
    expect(read({ output }).choices[0]!.parts).toEqual([]);
  });

  it('counts tokens under either set of names, and keeps the rest of the metrics', () => {
    const meters = { inputUncached: 7, cacheRead: 0, cacheWrite5m: 0, cacheWrite1h: 0, output: 2, reasoning: 0, audioIn: 0, audioOut: 0 };
    expect(read({ metrics: { input_token_count: 7, output_token_count: 2 } }).meters).toEqual(meters);
    const metrics = { token_input_count: 7, token_output_count: 2, predict_time: 0.5 };
    expect(read({ metrics })).toMatchObject({ meters, vendor: { metrics } });
    expect(read({ metrics: { predict_time: 0.5 } }).meters).toBeNull();
  });

  it.each(['failed', 'canceled', 'aborted'])('that has %s is an error with its reason, without keys', (status) => {
    expect(() => read({ status, error: `Bad token r8_${'a1'.repeat(18)}` })).toThrow(upstreamError(`(${status}). Replicate said: Bad token [redacted]`));
    expect(() => read({ status, error: null })).toThrow(upstreamError(`(${status}).`));
  });

  it.each([[{ output: { image: 'x' } }], [{ output: [1] }], [{ output: 5 }], [{ status: 'processing' }], [{ status: undefined }]])('that is no text is an error: %j', (changes) => {
    expect(() => read(changes)).toThrow(expect.objectContaining({ code: 'upstream_error' }));
  });
});
