import { createServer, Socket, type AddressInfo } from 'node:net';
import { gatewayWorld, type GatewayWorld } from './gateway-world.suite.js';

const GOOD = 'sk-test-good-1234567890abcdef';
const messages = [{ role: 'user', content: 'Hello' }];
/** What stands under a connection that the dialer makes. */
const DIALER = /libs\/platform\/src\/egress\/dialer\.ts/;

interface Opened {
  port: number;
  byDialer: boolean;
}

/** Notes every socket that this process opens, and whether the dialer stands under it. */
function watchSockets(): { opened: Opened[]; stop(): void } {
  const opened: Opened[] = [];
  const { connect } = Socket.prototype;
  const { stackTraceLimit } = Error;
  Error.stackTraceLimit = 200;
  Socket.prototype.connect = function (this: Socket, ...given: unknown[]) {
    const [options] = (Array.isArray(given[0]) ? given[0] : given) as [{ port?: unknown } | number | string];
    opened.push({ port: Number(typeof options === 'object' ? options.port : options), byDialer: DIALER.test(new Error().stack ?? '') });
    return (connect as (...each: unknown[]) => Socket).apply(this, given);
  } as typeof connect;
  const stop = (): void => {
    Socket.prototype.connect = connect;
    Error.stackTraceLimit = stackTraceLimit;
  };
  return { opened, stop };
}

describe('the way out of a gateway', () => {
  let world: GatewayWorld;
  let ours: number[];
  beforeAll(async () => {
    world = await gatewayWorld();
    // The neighbours that it may reach: PostgreSQL; and itself, by the client of this spec.
    ours = [Number(new URL(world.config.DATABASE_URL).port), world.gateway.port];
    for (const provider of ['openai', 'anthropic', 'groq', 'openrouter']) world.vault.hold({ provider, secret: GOOD, owner: { type: 'user', id: world.user.id } });
  });
  afterAll(() => world.close());

  it('B11 is the dialer’s for every route that calls a provider', async () => {
    const { opened, stop } = watchSockets();
    const routes: [string, object][] = [
      ['/v1/chat/completions', { model: 'openai/gpt-4o', messages }],
      ['/v1/chat/completions', { model: 'openai/gpt-4o', messages, stream: true }],
      ['/v1/chat/completions', { model: 'anthropic/claude-sonnet-4-5', messages }],
      ['/v1/messages', { model: 'anthropic/claude-sonnet-4-5', messages, max_tokens: 5 }],
      ['/v1/embeddings', { model: 'openai/text-embedding-3-small', input: 'x' }],
      ['/v1/responses', { model: 'openai/gpt-4o', input: 'x' }],
      ['/v1beta/models/openai%2Fgpt-4o:generateContent', { contents: [{ role: 'user', parts: [{ text: 'x' }] }] }],
      ['/api/v1/llm/chat/completions', { model: 'groq/llama-3.3-70b-versatile', messages }],
      ['/api/inference', { model: 'openai/gpt-4o', messages }],
    ];
    for (const [path, body] of routes) await (await world.post(path, body)).text();
    stop();
    const outside = opened.filter(({ port }) => !ours.includes(port));
    expect(world.upstream.witness().length).toBeGreaterThanOrEqual(5);
    expect(outside.filter(({ byDialer }) => byDialer).length).toBeGreaterThanOrEqual(1);
    expect(outside.filter(({ byDialer }) => !byDialer)).toEqual([]);
  });

  it('B11 is seen when somebody takes another one', async () => {
    const trap = createServer((socket) => void socket.end('HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n'));
    await new Promise<void>((resolve) => trap.listen(0, '127.0.0.1', resolve));
    const { port } = trap.address() as AddressInfo;
    const { opened, stop } = watchSockets();
    await fetch(`http://127.0.0.1:${port}/`);
    stop();
    trap.close();
    expect(opened).toContainEqual({ port, byDialer: false });
  });
});
