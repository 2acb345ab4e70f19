import { request as httpRequest, type IncomingMessage } from 'node:http';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gatewayWorld, type GatewayWorld } from './gateway-world.suite.js';

const GOOD = 'sk-test-good-1234567890abcdef';
const chat = { model: 'openai/gpt-4o', stream: true, messages: [{ role: 'user', content: 'Hello' }] };
const message = { model: 'anthropic/claude-sonnet-4-5', max_tokens: 100, stream: true, messages: [{ role: 'user', content: 'Hello' }] };

describe('a stream', () => {
  let world: GatewayWorld;
  beforeAll(async () => {
    world = await gatewayWorld();
    world.vault.hold({ provider: 'openai', secret: GOOD, owner: { type: 'user', id: world.user.id } });
    world.vault.hold({ provider: 'anthropic', secret: `sk-ant-${GOOD}`, owner: { type: 'user', id: world.user.id } });
  });
  afterAll(() => world.close());
  beforeEach(() => {
    world.reset();
  });

  /** Sends a request with node:http, which shows whether an answer was complete. */
  const open = (path: string, body: object): Promise<IncomingMessage> =>
    new Promise((resolve, reject) => {
      const headers = { 'content-type': 'application/json', authorization: `Bearer ${world.tokenText}` };
      httpRequest(world.url + path, { method: 'POST', headers }, resolve).on('error', reject).end(JSON.stringify(body));
    });
  const readAll = (answer: IncomingMessage): Promise<{ text: string; isComplete: boolean }> =>
    new Promise((resolve) => {
      let text = '';
      answer.on('data', (chunk) => (text += chunk.toString()));
      answer.on('error', () => undefined);
      answer.on('close', () => resolve({ text, isComplete: answer.complete }));
    });
  const until = async (condition: () => boolean): Promise<void> => {
    for (let waited = 0; !condition() && waited < 10_000; waited += 10) await new Promise((resolve) => setTimeout(resolve, 10));
    expect(condition()).toBe(true);
  };

  it('arrives byte for byte as the provider sent it when the caller asked for usage', async () => {
    const body = { ...chat, stream_options: { include_usage: true } };
    const direct = await (await fetch(`${world.upstream.url}/openai/v1/chat/completions`, { method: 'POST', headers: { authorization: `Bearer ${GOOD}` }, body: JSON.stringify({ ...body, model: 'gpt-4o' }) })).text();
    const { text } = await readAll(await open('/v1/chat/completions', body));
    expect(withoutIds(text)).toBe(withoutIds(direct));
    expect(JSON.parse(world.upstream.witness()[1]!.body)).toEqual({ ...body, model: 'gpt-4o' });
  });

  it('B12 cut by the provider ends with an error event and a broken connection, never with [DONE]', async () => {
    world.upstream.behave({ cutAfterEvents: 5, textTokens: 20, betweenEventsMs: 5 });
    const { text, isComplete } = await readAll(await open('/v1/chat/completions', chat));
    expect(isComplete).toBe(false);
    expect(text).not.toContain('[DONE]');
    const last = text.trim().split('\n\n').at(-1)!;
    expect(JSON.parse(last.slice('data: '.length))).toMatchObject({ error: { code: 'stream_cut' } });
    const [event] = await world.usage(1);
    expect(event).toMatchObject({ outcome: 'cut', estimated: true, usageSource: 'counted', errorCode: 'stream_cut' });
    expect(event!.meters!.output).toBeGreaterThan(0);
  });

  it('cut by the provider tells an Anthropic client with its own error event', async () => {
    world.upstream.behave({ cutAfterEvents: 4, textTokens: 20, betweenEventsMs: 5 });
    const { text, isComplete } = await readAll(await open('/v1/messages', message));
    expect(isComplete).toBe(false);
    expect(text.trim().split('\n\n').at(-1)).toMatch(/^event: error\ndata: \{"type":"error","error":\{"type":"api_error"/);
  });

  it('that ends cleanly but before its end is not passed off as complete', async () => {
    world.upstream.behave({ endAfterEvents: 5, textTokens: 20, betweenEventsMs: 5 });
    const { text, isComplete } = await readAll(await open('/v1/chat/completions', chat));
    expect(isComplete).toBe(false);
    expect(text).toContain('stream_cut');
  });

  it('H17 cut before its first byte is tried once more with the same key, then goes to the next', async () => {
    world.upstream.behave({ cutAfterEvents: 0, times: 2 });
    const second = world.vault.hold({ provider: 'openai', secret: `${GOOD}-second`, owner: { type: 'group', id: world.group.id } });
    await fetchAnew(world);
    const answer = await open('/v1/chat/completions', chat);
    expect((await readAll(answer)).text).toContain('[DONE]');
    expect(answer.headers['x-byok-attempts']).toBe('3');
    expect(answer.headers['x-byok-key-id']).toBe(second);
    world.vault.keys = world.vault.keys.filter((key) => key.id !== second);
    await fetchAnew(world);
  });

  it('G04 left by its client is stopped at the provider and metered by what was seen', async () => {
    world.upstream.behave({ textTokens: 500, betweenEventsMs: 10 });
    const answer = await open('/v1/chat/completions', chat);
    await new Promise((resolve) => answer.once('data', resolve));
    answer.destroy();
    await until(() => world.upstream.witness()[0]!.isAborted);
    const [event] = await world.usage(1);
    expect(event).toMatchObject({ outcome: 'aborted', errorCode: 'client_gone', estimated: true });
    expect(event!.meters!.inputUncached).toBeGreaterThan(0);
    expect(world.upstream.witness()[0]!.eventsDelivered).toBeLessThan(400);
  });

  it('G04 a plain call left by its client before the answer is stopped and metered too', async () => {
    world.upstream.behave({ isSilent: true });
    const abort = new AbortController();
    const answer = fetch(`${world.url}/v1/chat/completions`, { method: 'POST', signal: abort.signal, headers: { authorization: `Bearer ${world.tokenText}` }, body: JSON.stringify({ ...chat, stream: false }) }).catch(() => undefined);
    await until(() => world.upstream.witness().length === 1);
    abort.abort();
    await answer;
    await until(() => world.upstream.witness()[0]!.isAborted);
    expect((await world.usage(1))[0]).toMatchObject({ outcome: 'aborted', estimated: true, usageSource: 'counted' });
  });

  it('gives usage by the provider exactly, and nothing estimated, when it is read to its end', async () => {
    await Promise.all(Array.from({ length: 20 }, async () => readAll(await open('/v1/chat/completions', chat))));
    const events = await world.usage(20);
    const seen = world.upstream.witness().reduce((sum, row) => sum + row.usage!.inputTokens + row.usage!.outputTokens, 0);
    expect(events.reduce((sum, { meters }) => sum + meters!.inputUncached + meters!.cacheRead + meters!.output, 0)).toBe(seen);
    expect(events.every((event) => !event.estimated)).toBe(true);
  });
});

describe('a slow client', () => {
  let world: GatewayWorld;
  let firehose: Server;
  let sent = 0;

  beforeAll(async () => {
    const event = Buffer.from(`data: ${JSON.stringify({ choices: [{ delta: { content: 'x'.repeat(4_000) } }] })}\n\n`);
    firehose = createServer((request, response) => {
      request.resume();
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      const pump = (): void => {
        while (sent < 300_000_000 && !response.destroyed) {
          sent += event.length;
          if (!response.write(event)) return void response.once('drain', pump);
        }
        response.end();
      };
      pump();
    });
    await new Promise<void>((resolve) => firehose.listen(0, '127.0.0.1', resolve));
    world = await gatewayWorld({ BYOK_PROVIDER_BASE_URLS: JSON.stringify({ openai: `http://127.0.0.1:${(firehose.address() as AddressInfo).port}/v1` }), CLIENT_STALL_MS: 2_000 });
    world.vault.hold({ provider: 'openai', secret: GOOD, owner: { type: 'user', id: world.user.id } });
  });
  afterAll(async () => {
    await world.close();
    firehose.closeAllConnections();
    firehose.close();
  });

  it('H23 holds the provider back, takes no memory for what it does not read, and counts as gone in the end', async () => {
    const before = process.memoryUsage().rss;
    const answer = await new Promise<IncomingMessage>((resolve) => {
      httpRequest(`${world.url}/v1/chat/completions`, { method: 'POST', headers: { authorization: `Bearer ${world.tokenText}` } }, resolve).end(JSON.stringify(chat));
    });
    answer.pause();
    await new Promise((resolve) => setTimeout(resolve, 800));
    const held = sent;
    await new Promise((resolve) => setTimeout(resolve, 500));
    expect(sent).toBe(held);
    expect(sent).toBeLessThan(60_000_000);
    expect(process.memoryUsage().rss - before).toBeLessThan(100_000_000);
    const [event] = await world.usage(1);
    expect(event).toMatchObject({ outcome: 'aborted', estimated: true });
    answer.destroy();
  }, 20_000);
});

describe('a gateway that is stopped', () => {
  it('H18 lets running calls finish, cuts the rest with an error event after its time, and meters them all', async () => {
    const world = await gatewayWorld({ DRAIN_MS: 700 });
    world.vault.hold({ provider: 'openai', secret: GOOD, owner: { type: 'user', id: world.user.id } });
    world.upstream.behave({ when: { model: 'gpt-4o-mini' }, delayMs: 300 });
    world.upstream.behave({ textTokens: 5_000, betweenEventsMs: 20 });
    const stream = world.post('/v1/chat/completions', chat).then(async (answer) => {
      let text = '';
      try {
        for await (const chunk of answer.body!) text += Buffer.from(chunk).toString();
        return { text, isWhole: true };
      } catch {
        return { text, isWhole: false };
      }
    });
    for (let waited = 0; world.upstream.witness().length < 1 && waited < 3_000; waited += 10) await new Promise((resolve) => setTimeout(resolve, 10));
    const plain = world.post('/v1/chat/completions', { ...chat, model: 'openai/gpt-4o-mini', stream: false });
    for (let waited = 0; world.upstream.witness().length < 2 && waited < 3_000; waited += 10) await new Promise((resolve) => setTimeout(resolve, 10));
    const stopped = world.gateway.stop();
    expect((await plain).status).toBe(200);
    const cut = await stream;
    await stopped;
    expect(cut.isWhole).toBe(false);
    expect(cut.text).toContain('"code":"draining"');
    expect(world.events.map((event) => event.outcome).sort()).toEqual(['cut', 'ok']);
    world.gateway.stop = async () => undefined;
    await world.close();
  }, 20_000);
});

function withoutIds(text: string): string {
  return text.replaceAll(/"id":"[^"]*"/g, '"id":""').replaceAll(/"created":\d+/g, '"created":0');
}

/** Makes the gateway forget what it remembers, as a change notice does. */
async function fetchAnew(world: GatewayWorld): Promise<void> {
  await world.db.query(`SELECT pg_notify('byok_change', $1)`, [JSON.stringify({ org: world.org.id, kind: 'key', id: 'x' })]);
  await new Promise((resolve) => setTimeout(resolve, 100));
}
