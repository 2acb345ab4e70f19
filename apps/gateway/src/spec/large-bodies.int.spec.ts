import { connect, type Socket } from 'node:net';
import { gatewayWorld, type GatewayWorld } from './gateway-world.suite.js';

const MB = 1024 * 1024;
const line = 'She said "wait", then wrote:\n\tconst total = 12 €; Zürich, 東京 \\ 🚲\n';
const large = Buffer.from(JSON.stringify({ model: 'gpt-4o', messages: [{ role: 'user', content: line.repeat(15_000) }], temperature: 0.2 }));

describe('a prompt of a megabyte', () => {
  let world: GatewayWorld;
  beforeAll(async () => {
    world = await gatewayWorld();
    world.vault.hold({ provider: 'openai', secret: 'sk-test-good-1234567890abcdef', owner: { type: 'user', id: world.user.id } });
  });
  afterAll(() => world.close());
  beforeEach(() => world.reset());

  const head = (length: number, path = '/v1/chat/completions') =>
    `POST ${path} HTTP/1.1\r\nhost: x\r\nconnection: close\r\ncontent-type: application/json\r\nauthorization: Bearer ${world.tokenText}\r\ncontent-length: ${length}\r\n\r\n`;

  /** A connection on which a request is sent by hand, and all that comes back on it. */
  function dial(): { socket: Socket; answered: Promise<unknown>; told: Promise<string>; send(bytes: Buffer | string): Promise<void> } {
    const socket = connect(Number(new URL(world.url).port), '127.0.0.1');
    let text = '';
    socket.on('data', (chunk) => (text += chunk.toString()));
    socket.on('error', () => undefined);
    const told = new Promise<string>((resolve) => socket.on('close', () => resolve(text)));
    const answered = new Promise((resolve) => socket.once('data', resolve));
    return { socket, answered, told, send: (bytes) => new Promise((resolve) => void socket.write(bytes, () => resolve())) };
  }

  it.each([[7_777], [65_536], [300_000], [2 * MB]])('reaches the provider byte for byte when it comes in pieces of %d bytes', async (pieces) => {
    const { told, send } = dial();
    await send(head(large.length));
    for (let at = 0; at < large.length; at += pieces) await send(large.subarray(at, at + pieces));
    expect(await told).toMatch(/^HTTP\/1\.1 200 /);
    expect(world.upstream.witness()).toHaveLength(1);
    expect(Buffer.from(world.upstream.witness()[0]!.body).equals(large)).toBe(true);
  });

  it('does so, too, when nobody said how long it would be', async () => {
    const { told, send } = dial();
    await send(head(0).replace('content-length: 0', 'transfer-encoding: chunked'));
    for (let at = 0; at < large.length; at += 300_000) {
      const piece = large.subarray(at, at + 300_000);
      await send(Buffer.concat([Buffer.from(`${piece.length.toString(16)}\r\n`), piece, Buffer.from('\r\n')]));
    }
    await send('0\r\n\r\n');
    expect(await told).toMatch(/^HTTP\/1\.1 200 /);
    expect(Buffer.from(world.upstream.witness()[0]!.body).equals(large)).toBe(true);
  });

  it('is refused with its first bytes when they are wrong already, and the answer is not lost on a client that still sends', async () => {
    const { told, answered, send } = dial();
    const wrong = '{"model":"gpt-4o","model":"gpt-4o-mini","messages":"';
    await send(head(10 * MB) + wrong);
    await answered;
    await send(Buffer.alloc(10 * MB - wrong.length, 'x'));
    const answer = await told;
    expect(answer).toMatch(/^HTTP\/1\.1 400 /);
    expect(answer).toContain('duplicate_field');
    expect(answer.toLowerCase()).toContain('connection: close');
    expect(world.upstream.witness()).toHaveLength(0);
  });

  it('is refused with its last byte when that is wrong', async () => {
    const broken = Buffer.from(large);
    broken[large.length - 1] = 0x5d;
    const { told, send } = dial();
    await send(head(broken.length));
    await send(broken);
    expect(await told).toContain('malformed_json');
    expect(world.upstream.witness()).toHaveLength(0);
  });

  it('is translated and read like any other on routes with a dialect of their own', async () => {
    const { told, send } = dial();
    const body = Buffer.from(JSON.stringify({ model: 'gpt-4o', provider: 'openai', prompt: line.repeat(5_000) }));
    await send(head(body.length, '/api/inference'));
    await send(body);
    expect(await told).toMatch(/^HTTP\/1\.1 200 /);
    expect(JSON.parse(world.upstream.witness()[0]!.body.toString())).toMatchObject({ messages: [{ content: line.repeat(5_000) }] });
  });

  it('costs nothing more when its client leaves in the middle of it', async () => {
    const { socket, told, send } = dial();
    await send(head(large.length));
    await send(large.subarray(0, 500_000));
    socket.destroy();
    await told;
    expect((await world.post('/v1/chat/completions', { model: 'gpt-4o', messages: [{ role: 'user', content: 'Hello' }] })).status).toBe(200);
    expect(world.upstream.witness()).toHaveLength(1);
  });
});
