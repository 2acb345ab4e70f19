import type { Socket } from 'node:net';
import { DirectConnection, type DirectConnectionDeps } from './direct-connection.js';
import { TurnWrites } from './turn-writes.js';

export interface DirectConnectionsOptions extends Pick<DirectConnectionDeps, 'answer' | 'takeOver'> {
  /** How long a connection may be without a request. */
  keepAliveMs: number;
  /** How long a new one may take to send its first. */
  firstRequestMs: number;
}

const LOOK_EVERY_MS = 2_000;

/** The connections whose requests are small and plain. */
export class DirectConnections {
  readonly #options: DirectConnectionsOptions;
  readonly #deps: DirectConnectionDeps;
  readonly #connections = new Set<DirectConnection>();
  readonly #looking: NodeJS.Timeout;

  constructor(options: DirectConnectionsOptions) {
    this.#options = options;
    this.#deps = {
      answer: options.answer,
      takeOver: options.takeOver,
      over: (connection) => void this.#connections.delete(connection),
      writes: new TurnWrites(),
      keepAlive: `connection: keep-alive\r\nkeep-alive: timeout=${Math.floor(options.keepAliveMs / 1_000)}\r\n`,
      now: () => performance.now(),
    };
    this.#looking = setInterval(() => this.#closeSilent(), Math.min(LOOK_EVERY_MS, options.keepAliveMs / 2)).unref();
  }

  add(socket: Socket): void {
    this.#connections.add(new DirectConnection(socket, this.#deps));
  }

  closeIdle(): void {
    for (const connection of this.#connections) if (connection.idleSince !== undefined) connection.endWhenWritten();
  }

  closeAll(): void {
    for (const connection of this.#connections) connection.destroy();
  }

  stopLooking(): void {
    clearInterval(this.#looking);
  }

  #closeSilent(): void {
    const now = this.#deps.now();
    const { keepAliveMs, firstRequestMs } = this.#options;
    for (const connection of this.#connections) {
      connection.leaveIfSlow(now, LOOK_EVERY_MS);
      if (connection.idleSince !== undefined && now - connection.idleSince > (connection.hasAsked ? keepAliveMs : firstRequestMs)) connection.endWhenWritten();
    }
  }
}
