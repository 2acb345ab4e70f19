import type { Dialer } from '@byok/platform';
import { Connection, TICK_MS, type ConnectionOwner } from './connection.js';
import type { Sweep } from './sweep.js';
import type { WireCall } from './wire-call.js';
import { WireFailure } from './wire-failures.js';

export interface ConnectionPoolOptions {
  origin: URL;
  connector: ReturnType<Dialer['connectorFor']>;
  sweep: Pick<Sweep, 'add' | 'remove'>;
  /** Connections at most; further calls wait. */
  connections: number;
  headersTimeoutMs: number;
  bodyIdleTimeoutMs: number;
}

/** The connections to one origin, and the calls that wait for one, in order. */
export class ConnectionPool implements ConnectionOwner {
  readonly patience: ConnectionOwner['patience'];
  readonly #options: ConnectionPoolOptions;
  readonly #target: Parameters<ConnectionPoolOptions['connector']>[0];
  readonly #open: Connection[] = [];
  /** Without a call; the one that was used last stands last. */
  readonly #idle: Connection[] = [];
  /** Without a call since this turn of the event loop, or about to be used after a while: see `#rest`. */
  #resting: Connection[] = [];
  readonly #waiting: WireCall[] = [];
  #connecting = 0;
  #inFlight = 0;
  #state: 'open' | 'closed' | 'destroyed' = 'open';

  constructor(options: ConnectionPoolOptions) {
    this.#options = options;
    const { host, hostname, protocol, port } = options.origin;
    this.#target = { host, hostname: hostname.replace(/^\[(.*)\]$/, '$1'), protocol, port, onread: Connection.READING };
    this.patience = { headTicks: Math.ceil(options.headersTimeoutMs / TICK_MS), bodyTicks: Math.ceil(options.bodyIdleTimeoutMs / TICK_MS) };
  }

  /** Calls that are waiting or running. */
  get inFlight(): number {
    return this.#inFlight;
  }

  /** Sends a call, or has it wait for a connection. A pool that is closed still takes what was meant for it; it only keeps nothing. */
  dispatch(call: WireCall): void {
    if (this.#state === 'destroyed') return call.onFailure(shutDown());
    this.#inFlight += 1;
    const connection = this.#idle.pop();
    if (connection !== undefined && this.#waiting.length === 0 && !connection.isStale) return connection.send(call);
    this.#waiting.push(call);
    if (connection === undefined) this.#connect();
    else this.#rest(connection);
  }

  /** Takes back a call that still waits. */
  cancel(call: WireCall): void {
    const index = this.#waiting.indexOf(call);
    if (index === -1) return;
    this.#waiting.splice(index, 1);
    this.#inFlight -= 1;
  }

  tick(): void {
    for (const connection of [...this.#open]) connection.tick();
  }

  freed(connection: Connection): void {
    this.#inFlight -= 1;
    this.#rest(connection);
  }

  gone(connection: Connection, wasServing: boolean): void {
    if (wasServing) this.#inFlight -= 1;
    for (const list of [this.#open, this.#idle, this.#resting]) {
      const index = list.indexOf(connection);
      if (index !== -1) list.splice(index, 1);
    }
    if (this.#open.length === 0) this.#options.sweep.remove(this);
    this.#connect();
  }

  /** Lets calls finish, those that wait as well, and keeps no connection after them. */
  close(): void {
    if (this.#state !== 'open') return;
    this.#state = 'closed';
    for (const connection of [...this.#idle]) void connection.destroy();
  }

  /** Cuts everything. Resolves when all sockets are closed. */
  async destroy(): Promise<void> {
    this.#state = 'destroyed';
    for (const call of this.#waiting.splice(0)) this.#refuse(call, shutDown());
    await Promise.all([...this.#open].map((connection) => connection.destroy()));
  }

  /**
   * A connection serves its next call one turn of the event loop later: a server that closes it, or says more than it was asked
   * for, has been heard by then, and its words are not taken for the next response.
   */
  #rest(connection: Connection): void {
    this.#resting.push(connection);
    if (this.#resting.length === 1) setImmediate(() => this.#wake());
  }

  #wake(): void {
    const rested = this.#resting;
    this.#resting = [];
    for (const connection of rested) this.#offer(connection);
    this.#connect();
  }

  #offer(connection: Connection): void {
    if (connection.isGone) return;
    const call = this.#waiting.shift();
    if (call) connection.send(call);
    else if (this.#state === 'open') this.#idle.push(connection);
    else void connection.destroy();
  }

  /** Opens connections for the calls that wait and have none in prospect. */
  #connect(): void {
    while (this.#waiting.length > this.#connecting + this.#resting.length && this.#open.length + this.#connecting < this.#options.connections) this.#dial();
  }

  #dial(): void {
    this.#connecting += 1;
    try {
      this.#options.connector(this.#target, (...[error, socket]) => {
        this.#connecting -= 1;
        if (error) this.#refuseOldest(error);
        else if (this.#state === 'destroyed') socket.destroy();
        else {
          const connection = new Connection(socket, this);
          this.#open.push(connection);
          this.#options.sweep.add(this);
          this.#offer(connection);
        }
        this.#connect();
      });
    } catch (error) {
      this.#connecting -= 1;
      this.#refuseOldest(error as Error);
    }
  }

  /** A connection was opened for a call, so when it fails a call does: the one that has waited longest. */
  #refuseOldest(error: Error): void {
    const call = this.#waiting.shift();
    if (call) this.#refuse(call, error);
  }

  #refuse(call: WireCall, error: Error): void {
    this.#inFlight -= 1;
    call.onFailure(error);
  }
}

function shutDown(): WireFailure {
  return new WireFailure('The connections to this endpoint were shut down.');
}
