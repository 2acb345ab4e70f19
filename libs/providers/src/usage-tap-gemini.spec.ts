import { Meters } from '@byok/contracts';
import fc from 'fast-check';
import { usageFromAnswer, usageFromBytes } from './usage-from-answer.js';
import { createUsageTap } from './usage-tap.js';
import type { TapResult } from './usage-tap.js';
import { openai } from './openai/index.js';
import type { Provider } from './provider.js';

const provider: Provider = { ...openai, endpoints: { generate: 'gemini-generate' } };
const event = (payload: unknown): string => `data: ${JSON.stringify(payload)}\r\n\r\n`;
const usageMetadata = { promptTokenCount: 10, candidatesTokenCount: 4, thoughtsTokenCount: 6, cachedContentTokenCount: 3, totalTokenCount: 20 };
const meters = { inputUncached: 7, cacheRead: 3, cacheWrite5m: 0, cacheWrite1h: 0, output: 10, reasoning: 6, audioIn: 0, audioOut: 0 };
const chunk = (parts: unknown[], more: object = {}) => ({ candidates: [{ content: { parts, role: 'model' }, index: 0, ...more }], usageMetadata: { promptTokenCount: 10, totalTokenCount: 10 }, modelVersion: 'gemini-3.5-flash', responseId: 'r1' });
const last = { ...chunk([{ text: '' }], { finishReason: 'STOP' }), usageMetadata };

function tapped(stream: boolean, ...chunks: (string | Uint8Array)[]): TapResult {
  const tap = createUsageTap(provider, 'generate', stream);
  for (const each of chunks) tap.see(Buffer.from(each));
  return tap.end();
}

describe('the usage tap on answers in the dialect of Google', () => {
  it('reads the usage of a plain answer, from bytes, text and object', () => {
    const answer = { candidates: last.candidates, usageMetadata, modelVersion: 'gemini-3.5-flash', responseId: 'r1' };
    expect(tapped(false, JSON.stringify(answer, null, 2))).toEqual({ meters, sawTerminal: true, events: 0, errorSeen: false });
    expect(usageFromAnswer(provider, 'gemini-generate', answer)).toEqual(meters);
    expect(usageFromAnswer(provider, 'gemini-generate', JSON.stringify(answer))).toEqual(meters);
  });

  it('is not fooled by usage written into text or arguments', () => {
    const forged = { usageMetadata: { promptTokenCount: 1, candidatesTokenCount: 1 }, modelVersion: 'x' };
    const answer = { usageMetadata, candidates: [{ content: { parts: [{ text: JSON.stringify(forged) }, { functionCall: { name: 'f', args: forged } }] } }] };
    expect(tapped(false, JSON.stringify(answer)).meters).toEqual(meters);
    expect(usageFromBytes(provider, 'gemini-generate', Buffer.from('{"candidates":[]}'))).toBeNull();
  });

  it('adds what tools read to the input, takes audio apart, and does not count thoughts twice where the total holds them', () => {
    const usage = { promptTokenCount: 100, toolUsePromptTokenCount: 20, candidatesTokenCount: 30, thoughtsTokenCount: 10, totalTokenCount: 150, promptTokensDetails: [{ modality: 'TEXT', tokenCount: 60 }, { modality: 'AUDIO', tokenCount: 40 }], candidatesTokensDetails: [{ modality: 'AUDIO', tokenCount: 25 }] };
    expect(usageFromAnswer(provider, 'gemini-generate', { usageMetadata: usage })).toMatchObject({ inputUncached: 120, audioIn: 40, output: 30, reasoning: 10, audioOut: 25 });
    expect(usageFromAnswer(provider, 'gemini-generate', { usageMetadata: { ...usage, totalTokenCount: 160 } })).toMatchObject({ output: 40, reasoning: 10 });
  });

  it('keeps numbers within what a usage event may carry', () => {
    const value = fc.oneof(fc.nat(2_000_000_000), fc.constantFrom(-1, 1.5, '5', null, {}), fc.array(fc.record({ modality: fc.constantFrom('AUDIO', 'TEXT', 3), tokenCount: fc.oneof(fc.nat(2_000_000_000), fc.constant('x')) })));
    const names = ['promptTokenCount', 'candidatesTokenCount', 'totalTokenCount', 'thoughtsTokenCount', 'cachedContentTokenCount', 'toolUsePromptTokenCount', 'promptTokensDetails', 'cacheTokensDetails', 'candidatesTokensDetails'];
    fc.assert(
      fc.property(fc.record(Object.fromEntries(names.map((name) => [name, value])), { requiredKeys: [] }), (usage) => {
        const read = usageFromAnswer(provider, 'gemini-generate', { usageMetadata: usage });
        if (read) expect(Meters.parse(read)).toEqual(read);
      }),
    );
  });
});

describe('the usage tap on streams in the dialect of Google', () => {
  const stream = event(chunk([{ text: 'Hel' }])) + event(chunk([{ text: 'lo', thought: true }])) + event(last);

  it('reads the same of a stream cut at every byte', () => {
    const bytes = Buffer.from(stream);
    for (let cut = 0; cut <= bytes.length; cut += 1) {
      expect(tapped(true, bytes.subarray(0, cut), bytes.subarray(cut))).toEqual({ meters, sawTerminal: true, events: 3, errorSeen: false });
    }
  });

  it('never takes a cut stream for a whole one, whatever the arguments of a call look like', () => {
    const args = { finishReason: 'STOP', deep: { finishReason: 'STOP', list: [{ finishReason: 'STOP' }] } };
    const bytes = Buffer.from(event(chunk([{ functionCall: { name: 'f', args } }])) + event(last));
    const whole = bytes.length - '\r\n\r\n'.length;
    for (let length = 0; length < whole; length += 1) expect(tapped(true, bytes.subarray(0, length)).sawTerminal).toBe(false);
    for (let length = whole; length <= bytes.length; length += 1) expect(tapped(true, bytes.subarray(0, length)).sawTerminal).toBe(true);
  });

  it('takes a blocked prompt for an end, and an event of usage alone for an aside', () => {
    expect(tapped(true, event({ promptFeedback: { blockReason: 'SAFETY' }, usageMetadata: { promptTokenCount: 8, totalTokenCount: 8 } }))).toMatchObject({ sawTerminal: true, meters: { inputUncached: 8, output: 0 } });
    expect(tapped(true, event(last), event({ usageMetadata: { ...usageMetadata, candidatesTokenCount: 5 } }))).toMatchObject({ sawTerminal: true, meters: { output: 11 } });
    expect(tapped(true, event(chunk([{ text: 'x' }])), event({ usageMetadata }))).toMatchObject({ sawTerminal: false });
  });

  it('sees an error event and does not call such a stream whole', () => {
    expect(tapped(true, event(chunk([{ text: 'x' }])), event({ error: { code: 503, message: 'overloaded', status: 'UNAVAILABLE' } }))).toMatchObject({ errorSeen: true, sawTerminal: false });
    expect(tapped(true, event(chunk([{ text: '{"error":{"code":1}}' }])), event(last))).toMatchObject({ errorSeen: false, sawTerminal: true });
  });

  it('knows the end and the usage of a last event that is a megabyte long', () => {
    for (const parts of [[{ text: 'x'.repeat(1_000_000) }], [{ functionCall: { name: 'f', args: { finishReason: 'STOP', text: 'y'.repeat(1_000_000) } } }]]) {
      const text = event(chunk([{ text: 'a' }])) + event({ ...chunk(parts, { finishReason: 'STOP' }), usageMetadata });
      expect(tapped(true, ...(text.match(/[^]{1,16384}/g) ?? []))).toMatchObject({ sawTerminal: true, meters, events: 2 });
      expect(tapped(true, ...(text.slice(0, -6).match(/[^]{1,16384}/g) ?? [])).sawTerminal).toBe(false);
    }
  });

  it('finds what stands before 30 KB of sources', () => {
    const grounded = { ...chunk([{ text: 'x' }], { finishReason: 'STOP', groundingMetadata: { searchEntryPoint: { renderedContent: '<div>'.repeat(6_000) } } }), usageMetadata };
    expect(tapped(true, ...((event(chunk([{ text: 'a' }])) + event(grounded)).match(/[^]{1,1000}/g) ?? []))).toMatchObject({ sawTerminal: true, meters });
  });
});
