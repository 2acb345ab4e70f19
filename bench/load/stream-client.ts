import { connect, type Socket } from 'node:net';
import { PATH } from './requests.js';

const DATA = Buffer.from('data:');
const END = '0\r\n\r\n';

export interface StreamOutcome {
  /** From the request's write to the first byte of the first event. */
  firstByteUs: number;
  events: number;
}

/** One connection that reads event streams with as little work as possible, so that it measures the proxy and not itself. */
export class StreamClient {
  readonly #request: Buffer;
  readonly #port: number;
  #socket: Socket | undefined;
  #sentAt = 0;
  #firstByteUs = 0;
  #events = 0;
  #tail = '';
  #settle: { resolve(outcome: StreamOutcome): void; reject(error: Error): void } | undefined;
  #onFirstByte: (() => void) | undefined;

  constructor(url: string, headers: Record<string, string>, body: string) {
    const { host, port } = new URL(url);
    this.#port = Number(port);
    const lines = Object.entries({ host, 'content-type': 'application/json', 'content-length': String(Buffer.byteLength(body)), ...headers });
    this.#request = Buffer.from(`POST ${PATH} HTTP/1.1\r\n${lines.map(([name, value]) => `${name}: ${value}\r\n`).join('')}\r\n${body}`);
  }

  /** Sends one request and reads its stream to the end. */
  async read(): Promise<StreamOutcome> {
    const socket = this.#socket ?? (await this.#open());
    return new Promise((resolve, reject) => {
      this.#settle = { resolve, reject };
      this.#send(socket);
    });
  }

  /** Sends one request and waits for its first event only; the stream stays open. */
  async begin(): Promise<void> {
    const socket = await this.#open();
    return new Promise((resolve, reject) => {
      this.#settle = { resolve: () => reject(new Error('A stream that should stay open ended.')), reject };
      this.#onFirstByte = resolve;
      this.#send(socket);
    });
  }

  close(): void {
    this.#settle = undefined;
    this.#socket?.destroy();
    this.#socket = undefined;
  }

  #send(socket: Socket): void {
    this.#firstByteUs = 0;
    this.#events = 0;
    this.#tail = '';
    this.#sentAt = performance.now();
    socket.write(this.#request);
  }

  #open(): Promise<Socket> {
    return new Promise((resolve, reject) => {
      const socket = connect({ port: this.#port, host: '127.0.0.1', noDelay: true });
      const fail = (error: Error): void => {
        this.#socket = undefined;
        reject(error);
        this.#settle?.reject(error);
      };
      socket.once('connect', () => resolve(socket));
      socket.on('error', fail);
      socket.on('close', () => fail(new Error('The connection was closed.')));
      socket.on('data', (chunk: Buffer) => this.#take(chunk));
      this.#socket = socket;
    });
  }

  #take(chunk: Buffer): void {
    if (this.#tail === '' && chunk.toString('latin1', 9, 12) !== '200') return this.#settle?.reject(new Error(`A stream was answered with ${chunk.toString('latin1', 0, 200)}`));
    let at = chunk.indexOf(DATA);
    if (at >= 0 && this.#firstByteUs === 0) {
      this.#firstByteUs = (performance.now() - this.#sentAt) * 1_000;
      this.#onFirstByte?.();
    }
    for (; at >= 0; at = chunk.indexOf(DATA, at + DATA.length)) this.#events += 1;
    this.#tail = (this.#tail + chunk.toString('latin1', Math.max(0, chunk.length - END.length))).slice(-END.length);
    if (this.#tail === END) this.#settle?.resolve({ firstByteUs: this.#firstByteUs, events: this.#events });
  }
}
