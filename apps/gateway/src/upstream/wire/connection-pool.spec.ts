import type { Socket } from 'node:net';
import { ConnectionPool, type ConnectionPoolOptions } from './connection-pool.js';
import { FakeSocket } from './fake-socket.builder.js';
import type { WireCall } from './wire-call.js';

const turn = (): Promise<unknown> => new Promise((resolve) => setImmediate(resolve));
const answer = (text: string): string => `HTTP/1.1 200 OK\r\ncontent-length: ${text.length}\r\n\r\n${text}`;

/** A pool whose sockets are at hand. With `connects` false, they come when the test lets them. */
function setUp(connections = 1, connects = true) {
  const sockets: FakeSocket[] = [];
  const dialled: Parameters<ConnectionPoolOptions['connector']>[] = [];
  const opens = ([, callback]: (typeof dialled)[number]): void => {
    const socket = new FakeSocket();
    sockets.push(socket);
    callback(null, socket as unknown as Socket);
  };
  const connector: ConnectionPoolOptions['connector'] = (...given) => {
    dialled.push(given);
    if (connects) opens(given);
  };
  const pool = new ConnectionPool({ origin: new URL('https://[2001:db8::1]:8443'), connector, sweep: { add: () => undefined, remove: () => undefined }, connections, headersTimeoutMs: 60_000, bodyIdleTimeoutMs: 60_000 });
  const heard: string[] = [];
  const ask = (name: string): WireCall => {
    const call: WireCall = {
      head: name,
      body: null,
      onSending: () => undefined,
      onHead: () => undefined,
      onData: (chunk) => void heard.push(`${name}: ${chunk.toString()}`),
      onEnd: () => undefined,
      onFailure: (error) => void heard.push(`${name} failed: ${error.message}`),
    };
    pool.dispatch(call);
    return call;
  };
  const sent = (): string[][] => sockets.map(({ written }) => written.map(String));
  return { pool, sockets, dialled, opens, heard, ask, sent };
}

describe('a pool of connections', () => {
  it('sends a call at once over a connection that is ready', async () => {
    const { sockets, ask, sent } = setUp();
    ask('one');
    sockets[0]!.says(answer('a'));
    await turn();
    ask('two');
    expect(sent()).toEqual([['one', 'two']]);
  });

  it('lets a turn pass before a connection serves again, so that what more its server says is not the next answer', async () => {
    const { sockets, heard, ask, sent } = setUp();
    ask('one');
    ask('two');
    sockets[0]!.says(answer('a'));
    expect(sent()).toEqual([['one']]);
    sockets[0]!.says(answer('forged'));
    expect(sent()).toEqual([['one'], ['two']]);
    sockets[1]!.says(answer('b'));
    expect(heard).toEqual(['one: a', 'two: b']);
    ask('three');
    expect(sent()[1]).toEqual(['two']);
    await turn();
    expect(sent()[1]).toEqual(['two', 'three']);
  });

  it('lets a turn pass before a connection serves that was unused for a while, for it may be closed', async () => {
    for (const ends of [false, true]) {
      const { pool, sockets, ask, sent } = setUp();
      ask('one');
      sockets[0]!.says(answer('a'));
      await turn();
      pool.tick();
      ask('two');
      ask('three');
      expect(sent()).toEqual([['one']]);
      if (ends) sockets[0]!.emit('end');
      await turn();
      expect(sent()).toEqual(ends ? [['one'], ['two']] : [['one', 'two']]);
    }
  });

  it('opens no more connections than there are calls for them, and no more than it may', () => {
    const { dialled, opens, ask, sent } = setUp(2, false);
    ask('one');
    expect(dialled.length).toBe(1);
    ask('two');
    ask('three');
    expect(dialled.length).toBe(2);
    opens(dialled[1]!);
    expect(sent()).toEqual([['one']]);
    expect(dialled[0]![0]).toMatchObject({ host: '[2001:db8::1]:8443', hostname: '2001:db8::1', protocol: 'https:', port: '8443' });
  });

  it('fails one call for one connection that cannot be made, the one that has waited longest, and tries for the others', () => {
    const { pool, dialled, opens, heard, ask, sent } = setUp(1, false);
    const one = ask('one');
    ask('two');
    ask('three');
    dialled[0]![1](new Error('refused'), null);
    expect([heard, dialled.length, pool.inFlight]).toEqual([['one failed: refused'], 2, 2]);
    pool.cancel(one);
    opens(dialled[1]!);
    expect([sent(), pool.inFlight]).toEqual([[['two']], 2]);
  });

  it('closes a connection that comes when all is over', async () => {
    const { pool, sockets, dialled, opens, heard, ask } = setUp(1, false);
    ask('one');
    await pool.destroy();
    opens(dialled[0]!);
    expect([sockets[0]!.destroyed, sockets[0]!.written, heard]).toEqual([true, [], ['one failed: The connections to this endpoint were shut down.']]);
  });
});
