import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { connect, createServer as createNetServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { once } from 'node:events';
import type { CallResponse, WholeRequest } from '../caller.js';
import { DirectConnections } from './direct-connections.js';
import type { DirectResponse } from './direct-response.js';

/** A server that answers as the gateway does: whole requests directly, the rest through node:http. Each answer says which way it took. */
class TwoWays {
  readonly #node = createServer({ keepAliveTimeout: 60_000 }, (request, response) => this.#answerNode(request, response));
  readonly direct: DirectConnections;
  readonly server: Server;
  answer: (body: string, response: CallResponse, way: string) => void = say;
  sockets: Socket[] = [];
  #listening: Promise<unknown> | undefined;

  constructor(keepAliveMs = 60_000, firstRequestMs = 60_000) {
    this.direct = new DirectConnections({
      answer: (request, response) => this.#answer(request, response),
      takeOver: (socket) => this.#node.emit('connection', socket),
      keepAliveMs,
      firstRequestMs,
    });
    this.server = createNetServer({ noDelay: true, allowHalfOpen: true }, (socket) => {
      this.sockets.push(socket);
      this.direct.add(socket);
    });
  }

  #answer(request: WholeRequest, response: DirectResponse): boolean {
    if (request.url !== '/call') return false;
    this.answer(request.body.toString(), response, 'direct');
    return true;
  }

  #answerNode(request: IncomingMessage, response: ServerResponse): void {
    let body = '';
    request.on('data', (chunk: Buffer) => (body += chunk.toString()));
    request.on('end', () => this.answer(body, response, 'node'));
  }

  async open(): Promise<Client> {
    this.#listening ??= once(this.server.listen(0, '127.0.0.1'), 'listening');
    await this.#listening;
    const socket = connect((this.server.address() as AddressInfo).port, '127.0.0.1').setNoDelay();
    await once(socket, 'connect');
    return new Client(socket);
  }

  close(): void {
    this.server.close();
    for (const socket of this.sockets) socket.destroy();
    this.direct.stopLooking();
  }
}

function say(body: string, response: CallResponse, way: string): void {
  const text = `${way} ${body}`;
  response.writeHead(200, ['content-type', 'text/plain', 'content-length', String(text.length)]);
  response.end(text);
}

class Client {
  received = '';
  isClosed = false;

  constructor(readonly socket: Socket) {
    socket.on('data', (chunk: Buffer) => (this.received += chunk.toString('latin1')));
    socket.on('close', () => (this.isClosed = true));
    socket.on('error', () => undefined);
  }

  async until(condition: (received: string) => boolean): Promise<string> {
    for (let waited = 0; !condition(this.received) && waited < 10_000; waited += 5) await new Promise((resolve) => setTimeout(resolve, 5));
    expect(condition(this.received)).toBe(true);
    return this.received;
  }

  async closed(): Promise<void> {
    for (let waited = 0; !this.isClosed && waited < 10_000; waited += 5) await new Promise((resolve) => setTimeout(resolve, 5));
    expect(this.isClosed).toBe(true);
  }

  /** Bodies of the answers so far, which all have lengths. */
  get bodies(): string[] {
    return this.received.split('HTTP/1.1 200 OK').slice(1).map((answer) => answer.slice(answer.indexOf('\r\n\r\n') + 4));
  }

  async ask(text: string): Promise<string> {
    const before = this.bodies.length;
    this.socket.write(text);
    await this.until(() => this.bodies.length > before);
    return this.bodies.at(-1)!;
  }
}

const post = (body: string, path = '/call', headers = ''): string => `POST ${path} HTTP/1.1\r\nhost: h\r\n${headers}content-length: ${body.length}\r\n\r\n${body}`;
const chunked = (body: string): string => `POST /call HTTP/1.1\r\nhost: h\r\ntransfer-encoding: chunked\r\n\r\n${body.length.toString(16)}\r\n${body}\r\n0\r\n\r\n`;

let ways: TwoWays;
beforeEach(() => (ways = new TwoWays()));
afterEach(() => ways.close());

it('answers one request after the other on a connection, and says how long it stays', async () => {
  const client = await ways.open();
  expect([await client.ask(post('a')), await client.ask(post('b')), await client.ask(post('c'))]).toEqual(['direct a', 'direct b', 'direct c']);
  expect(client.received).toMatch(/\r\nconnection: keep-alive\r\nkeep-alive: timeout=60\r\n/);
  expect(client.received).toMatch(/\r\ndate: \w{3}, \d\d \w{3} \d{4} \d\d:\d\d:\d\d GMT\r\n/);
});

it('reads a body that comes in pieces, up to 64 KB', async () => {
  const [small, large] = [await ways.open(), await ways.open()];
  const body = 'y'.repeat(30_000);
  for (let at = 0, text = post(body); at < text.length; at += 4_000) {
    small.socket.write(text.slice(at, at + 4_000));
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
  await small.until(() => small.bodies[0]?.length === 'direct '.length + body.length);
  expect(small.bodies[0]).toBe(`direct ${body}`);
  const more = 'y'.repeat(70_000);
  large.socket.write(post(more));
  await large.until(() => large.bodies[0]?.length === 'node '.length + more.length);
});

it('leaves a body that is slow to come to node:http, with what there is of it', async () => {
  const client = await ways.open();
  const text = post('a body');
  client.socket.write(text.slice(0, -2));
  await new Promise((resolve) => setTimeout(resolve, 4_500));
  expect(await client.ask(text.slice(-2))).toBe('node a body');
}, 20_000);

it('leaves the connection to node:http from the first request on that is not whole and ordinary', async () => {
  const client = await ways.open();
  expect([await client.ask(post('a')), await client.ask(chunked('b')), await client.ask(post('c')), await client.ask(chunked('d'))]).toEqual(['direct a', 'node b', 'node c', 'node d']);
});

it('leaves what is no call of ours to node:http with its body', async () => {
  const client = await ways.open();
  expect(await client.ask(post('a', '/elsewhere'))).toBe('node a');
});

it('reads a request that is cut anywhere', async () => {
  const text = post('a body', '/call', 'x-tag: 1\r\n');
  for (let at = 1; at < text.length; at += 7) {
    const client = await ways.open();
    client.socket.write(text.slice(0, at));
    await new Promise((resolve) => setTimeout(resolve, 2));
    expect(await client.ask(text.slice(at))).toMatch(/^(node|direct) a body$/);
    client.socket.destroy();
  }
}, 30_000);

it('answers in order what comes at once, and what comes before the answer before it', async () => {
  const client = await ways.open();
  client.socket.write(post('a') + post('b') + post('c'));
  await client.until(() => client.bodies.length === 3);
  expect(client.bodies.map((body) => body.slice(-1))).toEqual(['a', 'b', 'c']);

  const held: (() => void)[] = [];
  ways.answer = (body, response, way) => void held.push(() => say(body, response, way));
  const other = await ways.open();
  other.socket.write(post('d'));
  await waitFor(() => held.length === 1);
  other.socket.write(post('e'));
  other.socket.write(chunked('f'));
  await new Promise((resolve) => setTimeout(resolve, 30));
  expect(held).toHaveLength(1);
  for (let answered = 0; answered < 3; answered += 1) {
    await waitFor(() => held.length > answered);
    held[answered]!();
  }
  await other.until(() => other.bodies.length === 3);
  expect(other.bodies.map((body) => body.slice(-1))).toEqual(['d', 'e', 'f']);
});

it('sends a body without a length in chunks, the first of them with the head, and ends it', async () => {
  ways.answer = (_body, response) => {
    response.writeHead(200, ['content-type', 'text/event-stream']);
    response.write('data: 1\n\n');
    setTimeout(() => {
      response.write(Buffer.from('data: 2\n\n'));
      response.end();
    }, 10);
  };
  const client = await ways.open();
  client.socket.write(post('a'));
  const received = await client.until((text) => text.endsWith('0\r\n\r\n'));
  expect(received.slice(received.indexOf('\r\n\r\n') + 4)).toBe('9\r\ndata: 1\n\n\r\n9\r\ndata: 2\n\n\r\n0\r\n\r\n');
  expect(received).toContain('\r\ntransfer-encoding: chunked\r\n');
});

it('waits for a client that is slow to take its answer, and goes on when it has', async () => {
  const piece = Buffer.alloc(256 * 1024, 'x');
  let written = 0;
  let pauses = 0;
  ways.answer = (_body, response) => {
    response.writeHead(200, []);
    const goOn = (): void => {
      while (written < 40) {
        written += 1;
        if (!response.write(piece)) {
          pauses += 1;
          return;
        }
      }
      response.end();
    };
    response.on('drain', goOn);
    goOn();
  };
  const client = await ways.open();
  client.socket.pause();
  client.socket.write(post('a'));
  await new Promise((resolve) => setTimeout(resolve, 100));
  expect(written).toBeLessThan(40);
  client.socket.resume();
  await client.until((text) => text.endsWith('0\r\n\r\n'));
  expect(pauses).toBeGreaterThan(1);
  expect(client.received.match(/x/g)).toHaveLength(40 * piece.length);
});

it('tells that a client left before its answer was complete, and not that one left afterwards', async () => {
  const told: string[] = [];
  let answering: CallResponse | undefined;
  ways.answer = (body, response, way) => {
    response.on('close', () => told.push(body));
    if (body === 'later') answering = response;
    else say(body, response, way);
  };
  const gone = await ways.open();
  gone.socket.write(post('later'));
  await waitFor(() => answering !== undefined);
  gone.socket.end();
  await waitFor(() => told.length === 1);
  expect(answering!.destroyed).toBe(true);
  const done = await ways.open();
  await done.ask(post('at once'));
  done.socket.destroy();
  await new Promise((resolve) => setTimeout(resolve, 30));
  expect(told).toEqual(['later']);
});

it('closes after an answer that says so, and lets no answer be cut that is under way', async () => {
  ways.answer = (_body, response) => {
    response.writeHead(200, ['content-length', '2', 'connection', 'close']);
    response.end('ok');
  };
  const client = await ways.open();
  client.socket.write(post('a'));
  await client.closed();
  expect(client.received).toMatch(/\r\nconnection: close\r\n\r\nok$/);

  let finish: (() => void) | undefined;
  ways.answer = (body, response, way) => (finish = () => say(body, response, way));
  const [busy, idle] = [await ways.open(), await ways.open()];
  busy.socket.write(post('b'));
  await waitFor(() => finish !== undefined);
  ways.direct.closeIdle();
  await idle.closed();
  finish!();
  await busy.until((text) => text.endsWith('direct b'));
  ways.direct.closeIdle();
  await busy.closed();
});

it('closes connections on which nothing is asked for too long', async () => {
  ways.close();
  ways = new TwoWays(100, 1_500);
  const [silent, client] = [await ways.open(), await ways.open()];
  expect(await client.ask(post('a'))).toBe('direct a');
  await client.closed();
  expect(silent.isClosed).toBe(false);
  await silent.closed();
});

it('refuses to write a header that would end early', async () => {
  let refused: unknown;
  ways.answer = (body, response, way) => {
    try {
      response.writeHead(200, ['x-tag', 'a\r\nset-cookie: b']);
    } catch (error) {
      refused = error;
    }
    say(body, response, way);
  };
  const client = await ways.open();
  await client.ask(post('a'));
  expect(refused).toBeInstanceOf(TypeError);
  expect(client.received).not.toContain('set-cookie');
});

it('keeps apart what fifty clients ask at once, in every form and cut anywhere', async () => {
  const clients = await Promise.all(Array.from({ length: 50 }, () => ways.open()));
  const roll = (() => {
    let state = 7;
    return (below: number) => (state = (state * 48_271) % 2_147_483_647) % below;
  })();
  await Promise.all(
    clients.map(async (client, index) => {
      for (let round = 0; round < 20; round += 1) {
        const body = `${index}-${round}-${'y'.repeat(roll(3_000))}`;
        const text = roll(5) === 0 ? chunked(body) : post(body);
        const at = roll(4) === 0 ? roll(text.length) : 0;
        if (at > 0) client.socket.write(text.slice(0, at));
        if (at > 0 && roll(2) === 0) await new Promise((resolve) => setImmediate(resolve));
        const before = client.bodies.length;
        client.socket.write(text.slice(at));
        await client.until(() => client.bodies.length > before && client.bodies.at(-1)!.endsWith(body));
      }
    }),
  );
  expect(clients.every((client) => client.bodies.length === 20)).toBe(true);
}, 60_000);

async function waitFor(condition: () => boolean): Promise<void> {
  for (let waited = 0; !condition() && waited < 10_000; waited += 5) await new Promise((resolve) => setTimeout(resolve, 5));
  expect(condition()).toBe(true);
}

