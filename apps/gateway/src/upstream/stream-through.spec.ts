import { EventEmitter } from 'node:events';
import type { ServerResponse } from 'node:http';
import { AppError } from '@byok/kernel';
import type { Exchange } from './http-client.js';
import { SseGate } from './sse-gate.js';
import { StreamThrough } from './stream-through.js';

const event = (text: string): Buffer => Buffer.from(`data: ${text}\n\n`);

/** A response whose client takes as much as the test says. */
class FakeResponse extends EventEmitter {
  written: string[] = [];
  takes = true;
  ended = false;
  destroyed = false;
  get writableNeedDrain(): boolean {
    return !this.takes;
  }
  write(bytes: Buffer | string, sent?: () => void): boolean {
    this.written.push(bytes.toString());
    sent?.();
    return this.takes;
  }
  end(bytes?: Buffer): void {
    if (bytes) this.written.push(bytes.toString());
    this.ended = true;
  }
  destroy(): void {
    this.destroyed = true;
  }
}

class FakeExchange {
  startedAt = 0;
  log: string[] = [];
  pause = (): void => void this.log.push('pause');
  resume = (): void => void this.log.push('resume');
  abort = (reason: AppError): void => {
    this.log.push(`abort ${reason.code}`);
    this.sink?.cut(reason);
  };
  sink: StreamThrough | undefined;
}

function setUp(onAbort: 'abort' | 'drain' = 'abort', looksComplete = true) {
  const world = { now: 0, seen: 0, finished: [] as (string | null)[] };
  const response = new FakeResponse();
  const exchange = new FakeExchange();
  const stream = new StreamThrough({
    response: response as unknown as ServerResponse,
    exchange: exchange as unknown as Exchange,
    onAbort,
    gate: new SseGate(false, (text) => text),
    looksComplete: () => looksComplete,
    errorEvent: (error) => `data: ${error.code}\n\n`,
    see: (chunk) => void (world.seen += chunk.length),
    finished: (error) => void world.finished.push(error?.code ?? null),
    clock: { now: () => world.now },
    limits: { totalMs: 100_000, stallMs: 60_000, drainMs: 30_000 },
  });
  exchange.sink = stream;
  return { world, response, exchange, stream };
}

describe('StreamThrough', () => {
  it('ends a complete stream cleanly, once', () => {
    const { world, response, stream } = setUp();
    stream.chunk(event('one'));
    stream.end();
    expect(response.written.join('')).toBe('data: one\n\n');
    expect(response.ended).toBe(true);
    expect(world.finished).toEqual([null]);
  });

  it('H23 pauses the provider while the client does not take, and goes on when it does', () => {
    const { response, exchange, stream } = setUp();
    response.takes = false;
    stream.chunk(event('one'));
    expect(exchange.log).toEqual(['pause']);
    response.takes = true;
    response.emit('drain');
    expect(exchange.log).toEqual(['pause', 'resume']);
  });

  it('gives up a client that takes nothing for a minute', () => {
    const { world, response, stream } = setUp();
    response.takes = false;
    stream.chunk(event('one'));
    world.now = 59_000;
    stream.tick(world.now);
    expect(response.destroyed).toBe(false);
    world.now = 61_000;
    stream.tick(world.now);
    expect(response.destroyed).toBe(true);
  });

  it('stops a provider that bills what it sent when the client leaves', () => {
    const { world, exchange, stream } = setUp('abort');
    stream.chunk(event('one'));
    stream.clientGone();
    expect(exchange.log).toEqual(['abort client_gone']);
    expect(world.finished).toEqual(['client_gone']);
  });

  it('G04 hears a provider that bills to the end anyway to its end, for the count, without writing', () => {
    const { world, response, exchange, stream } = setUp('drain');
    stream.chunk(event('one'));
    stream.clientGone();
    stream.chunk(event('two'));
    stream.end();
    expect(world.seen).toBe(event('one').length + event('two').length);
    expect(response.written).toHaveLength(1);
    expect(exchange.log).toEqual(['resume']);
    expect(world.finished).toEqual(['client_gone']);
  });

  it('does not hear it for longer than the limit', () => {
    const { world, exchange, stream } = setUp('drain');
    stream.chunk(event('one'));
    world.now = 1_000;
    stream.clientGone();
    world.now = 32_000;
    stream.tick(world.now);
    expect(exchange.log).toContain('abort client_gone');
    expect(world.finished).toEqual(['client_gone']);
  });

  it('does not pass off as complete what ended without an end', () => {
    const { world, response, stream } = setUp('abort', false);
    stream.chunk(event('one'));
    stream.end();
    expect(response.written.at(-1)).toBe('data: stream_cut\n\n');
    expect(response.ended).toBe(false);
    expect(response.destroyed).toBe(true);
    expect(world.finished).toEqual(['stream_cut']);
  });

  it('leaves out half an event before it says that the stream was cut', () => {
    const { response, stream } = setUp();
    stream.chunk(Buffer.from('data: one\n\ndata: tw'));
    stream.cut(new AppError('upstream_unreachable', 'reset'));
    expect(response.written.join('')).toBe('data: one\n\ndata: stream_cut\n\n');
  });

  it('cuts what takes longer than a call may take', () => {
    const { world, exchange, stream } = setUp();
    stream.chunk(event('one'));
    world.now = 100_001;
    stream.tick(world.now);
    expect(exchange.log).toEqual(['abort upstream_timeout']);
    expect(world.finished).toEqual(['stream_cut']);
  });
});
