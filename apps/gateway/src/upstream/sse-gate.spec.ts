import { SseGate } from './sse-gate.js';

const asItIs = (text: string): string => text;
const first = 'data: {"id":"1","choices":[{"delta":{"content":"Héllo 🌍"}}],"usage":null}\n\n';
const second = 'data: {"id":"1","choices":[{"delta":{},"finish_reason":"stop"}],"usage":null}\n\n';
const usage = 'data: {"id":"1","choices":[],"usage":{"prompt_tokens":3,"completion_tokens":2,"total_tokens":5}}\n\n';
const done = 'data: [DONE]\n\n';

function passInPieces(gate: SseGate, bytes: Buffer, ...cuts: number[]): Buffer {
  const edges = [0, ...cuts, bytes.length];
  const passed = edges.slice(1).map((edge, index) => gate.pass(bytes.subarray(edges[index], edge)));
  return Buffer.concat([...passed, gate.rest()]);
}

describe('SseGate', () => {
  it('hides the usage chunk whatever the chunk boundaries, and leaves every other byte untouched', () => {
    const bytes = Buffer.from(first + second + usage + done);
    for (let cut = 0; cut <= bytes.length; cut++) {
      expect(passInPieces(new SseGate(true, asItIs), bytes, cut).toString()).toBe(first + second + done);
    }
  });

  it('hides it when every byte comes alone', () => {
    const bytes = Buffer.from(first + usage + done);
    const everywhere = Array.from({ length: bytes.length - 1 }, (_, index) => index + 1);
    expect(passInPieces(new SseGate(true, asItIs), bytes, ...everywhere).toString()).toBe(first + done);
  });

  it.each(['\r\n\r\n', '\n\n', '\r\r'])('knows events by the line end %j', (end) => {
    const stream = (first + usage + done).replaceAll('\n\n', end);
    expect(passInPieces(new SseGate(true, asItIs), Buffer.from(stream)).toString()).toBe((first + done).replaceAll('\n\n', end));
  });

  it('passes the usage chunk to a caller who asked for it, byte for byte', () => {
    const bytes = Buffer.from(first + usage + done);
    for (let cut = 0; cut <= bytes.length; cut++) expect(passInPieces(new SseGate(false, asItIs), bytes, cut).equals(bytes)).toBe(true);
  });

  it('keeps usage that comes together with a choice', () => {
    const both = 'data: {"choices":[{"delta":{"content":"x"}}],"usage":{"prompt_tokens":3}}\n\n';
    expect(passInPieces(new SseGate(true, asItIs), Buffer.from(both + done)).toString()).toBe(both + done);
  });

  it('hides it among events whose text speaks of counts, as often as it comes', () => {
    const spoken = 'data: {"id":"1","choices":[{"delta":{"content":"prompt_tokens"}}],"usage":null}\n\n';
    expect(passInPieces(new SseGate(true, asItIs), Buffer.from(spoken + usage + spoken + first + usage + usage + done)).toString()).toBe(spoken + spoken + first + done);
  });

  it('never lets half an event out', () => {
    const gate = new SseGate(false, asItIs);
    expect(gate.pass(Buffer.from(`${first}data: {"id":"1","cho`)).toString()).toBe(first);
    expect(gate.pass(Buffer.from('ices":[]}\n')).toString()).toBe('');
    expect(gate.pass(Buffer.from('\n')).toString()).toBe('data: {"id":"1","choices":[]}\n\n');
  });

  it('gives up holding an event that is too large to be one', () => {
    const gate = new SseGate(true, asItIs);
    const huge = Buffer.alloc(1024 * 1024 + 1, 'x');
    expect(gate.pass(huge).length).toBe(huge.length);
  });

  it('D01 takes the key out of an error event inside the stream', () => {
    const gate = new SseGate(true, (text) => text.replaceAll('sk-secret', '[redacted]'));
    expect(gate.pass(Buffer.from('data: {"error":{"message":"bad key sk-secret"}}\n\n')).toString()).toBe('data: {"error":{"message":"bad key [redacted]"}}\n\n');
    expect(gate.pass(Buffer.from('data: {"choices":[{"delta":{"content":"say \\"error\\" sk-secret"}}]}\n\n')).toString()).toContain('sk-secret');
  });
});
