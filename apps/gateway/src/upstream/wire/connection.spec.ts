import type { Socket } from 'node:net';
import { Connection, type ConnectionOwner } from './connection.js';
import { FakeSocket } from './fake-socket.builder.js';
import type { WireCall, WireLine } from './wire-call.js';

const HEAD = 'POST / HTTP/1.1\r\n\r\n';
const OK = 'HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok';
const turn = (): Promise<unknown> => new Promise((resolve) => setImmediate(resolve));

function setUp() {
  const heard: string[] = [];
  const socket = new FakeSocket();
  const owner: ConnectionOwner = { patience: { headTicks: 2, bodyTicks: 2 }, freed: () => void heard.push('freed'), gone: (_connection, wasServing) => void heard.push(`gone${wasServing ? ' from a call' : ''}`) };
  const connection = new Connection(socket as unknown as Socket, owner);
  let line: WireLine | undefined;
  const call = (body: Buffer | null = null): WireCall => ({
    head: HEAD,
    body,
    onSending: (given) => void (line = given),
    onHead: (status) => void heard.push(String(status)),
    onData: (chunk) => void heard.push(chunk.toString()),
    onEnd: () => void heard.push('end'),
    onFailure: (error) => void heard.push(error.message),
  });
  return { heard, socket, connection, call, line: () => line! };
}

describe('a connection', () => {
  it('writes a small request at once and as one piece', () => {
    const { socket, connection, call } = setUp();
    connection.send(call(Buffer.from('{"a":1}')));
    expect(socket.written.map(String)).toEqual([`${HEAD}{"a":1}`]);
  });

  it('writes a large body in pieces, one in each turn of the event loop', async () => {
    const { socket, connection, call } = setUp();
    const body = Buffer.alloc(500 * 1024, 'abc');
    connection.send(call(body));
    const counts = [socket.written.length];
    for (let time = 0; time < 5; time += 1) {
      await turn();
      counts.push(socket.written.length);
    }
    expect(counts).toEqual([2, 3, 4, 5, 5, 5]);
    expect(Math.max(...socket.written.map(({ length }) => length))).toBe(128 * 1024);
    expect(Buffer.concat(socket.written.slice(1)).equals(body)).toBe(true);
  });

  it('waits until the socket takes more', async () => {
    const { socket, connection, call } = setUp();
    socket.takes = false;
    connection.send(call(Buffer.alloc(300 * 1024)));
    await turn();
    await turn();
    expect(socket.written.length).toBe(2);
    socket.emit('drain');
    await turn();
    expect(socket.written.length).toBe(3);
  });

  it('sends no more of a body that was refused, and is not used again', async () => {
    const { heard, socket, connection, call } = setUp();
    connection.send(call(Buffer.alloc(300 * 1024)));
    socket.says('HTTP/1.1 413 Too Large\r\ncontent-length: 2\r\n\r\n');
    await turn();
    expect(socket.written.length).toBe(2);
    socket.says('no');
    expect([heard, socket.destroyed]).toEqual([['413', 'no', 'end', 'gone from a call'], true]);
  });

  it('sends on what an early answer does not refuse', async () => {
    const { socket, connection, call } = setUp();
    connection.send(call(Buffer.alloc(300 * 1024)));
    socket.says('HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n');
    await turn();
    expect(socket.written.length).toBe(3);
  });

  it('is not used again when its request was not taken whole', () => {
    const { heard, socket, connection, call } = setUp();
    connection.send(call());
    socket.writableLength = 1;
    socket.says(OK);
    expect(heard).toEqual(['200', 'ok', 'end', 'gone from a call']);
  });

  it('serves one call after the other, and listens again after one that had paused', () => {
    const { heard, socket, connection, call, line } = setUp();
    connection.send(call());
    line().pause();
    socket.says(OK);
    connection.send(call());
    socket.says(OK);
    expect(heard).toEqual(['200', 'ok', 'end', 'freed', '200', 'ok', 'end', 'freed']);
    expect(socket.log).toEqual(['pause', 'resume']);
  });

  it('has its socket stop at what comes while its call is paused, and hands that on', () => {
    const { heard, socket, connection, call, line } = setUp();
    connection.send(call());
    socket.says('HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\none');
    expect(socket.listens).toBe(true);
    line().pause();
    socket.says('two');
    expect(socket.listens).toBe(false);
    line().resume();
    socket.says('six');
    expect([socket.listens, heard]).toEqual([true, ['200', 'one', 'two', 'six', 'end', 'freed']]);
  });

  it('hands on bytes of its own: the next read does not write over them', () => {
    const { socket, connection, call } = setUp();
    const chunks: Buffer[] = [];
    connection.send({ ...call(), onData: (chunk) => void chunks.push(chunk) });
    socket.says('HTTP/1.1 200 OK\r\ncontent-length: 6\r\n\r\n');
    socket.says('abc');
    socket.says('xyz');
    expect(chunks.map(String)).toEqual(['abc', 'xyz']);
  });

  it('ends at once for a call that is aborted, and tells it before that returns', () => {
    const { heard, socket, connection, call, line } = setUp();
    connection.send(call());
    line().abort(new Error('enough'));
    expect([heard, socket.destroyed]).toEqual([['gone from a call', 'enough'], true]);
    socket.says(OK);
    socket.emit('end');
    socket.emit('close');
    expect(heard.length).toBe(2);
  });

  it('ends for a call whose listener throws', () => {
    const { heard, socket, connection, call } = setUp();
    const fault = (): never => {
      throw new Error('a fault of ours');
    };
    connection.send({ ...call(), onEnd: fault });
    socket.says(OK);
    expect(heard).toEqual(['200', 'ok', 'gone from a call', 'a fault of ours']);
  });

  it.each([
    ['an error', (socket: FakeSocket) => socket.emit('error', new Error('reset')), 'reset'],
    ['an end', (socket: FakeSocket) => socket.emit('end'), 'The connection ended before the response did.'],
    ['a close', (socket: FakeSocket) => socket.emit('close'), 'The connection was closed.'],
  ])('fails its call, once, with %s', (_what, happen, message) => {
    const { heard, socket, connection, call } = setUp();
    connection.send(call());
    happen(socket);
    socket.emit('close');
    expect(heard).toEqual(['gone from a call', message]);
  });

  it('gives a server that tells its head byte by byte no more time for that', () => {
    const { heard, socket, connection, call } = setUp();
    connection.send(call());
    for (const byte of 'HTT') {
      socket.says(byte);
      connection.tick();
    }
    expect(heard).toEqual(['gone from a call', 'The provider did not begin to answer in time.']);
  });

  it('counts a silent server’s time from its last byte, and no time in which we did not listen', () => {
    const { heard, socket, connection, call, line } = setUp();
    connection.send(call());
    connection.tick();
    connection.tick();
    socket.says('HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n');
    connection.tick();
    connection.tick();
    line().pause();
    for (let time = 0; time < 10; time += 1) connection.tick();
    line().resume();
    connection.tick();
    connection.tick();
    expect(heard).toEqual(['200']);
    connection.tick();
    expect(heard).toEqual(['200', 'gone from a call', 'The provider stopped in the middle of its answer.']);
  });
});
