import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';

export interface RawRequest {
  /** Which of the connections, in the order in which they came. */
  connection: number;
  path: string;
  head: string;
  body: Buffer;
}

/** A server of bytes: it reads requests, and says whatever the test has it say. */
export class RawServer {
  readonly requests: RawRequest[] = [];
  readonly sockets: Socket[] = [];
  answer: (socket: Socket, request: RawRequest) => void = (socket, { path }) => void socket.write(plain(path));
  /** Instead of reading requests. */
  onConnection: ((socket: Socket) => void) | null = null;
  readonly #server: Server = createServer({ noDelay: true }, (socket) => this.#serve(socket));

  async start(): Promise<URL> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
    return new URL(`http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`);
  }

  close(): void {
    for (const socket of this.sockets) socket.destroy();
    this.#server.close();
  }

  #serve(socket: Socket): void {
    const connection = this.sockets.push(socket) - 1;
    socket.on('error', () => undefined);
    if (this.onConnection) return this.onConnection(socket);
    let bytes = Buffer.alloc(0);
    socket.on('data', (chunk: Buffer) => {
      bytes = Buffer.concat([bytes, chunk]);
      for (;;) {
        const end = bytes.indexOf('\r\n\r\n');
        if (end === -1) return;
        const head = bytes.toString('latin1', 0, end);
        const length = Number(/content-length: (\d+)/.exec(head)?.[1] ?? 0);
        if (bytes.length < end + 4 + length) return;
        const request = { connection, path: head.split(' ')[1]!, head, body: bytes.subarray(end + 4, end + 4 + length) };
        bytes = bytes.subarray(end + 4 + length);
        this.requests.push(request);
        this.answer(socket, request);
      }
    });
  }
}

/** A whole answer. */
export function plain(body: string, headers = ''): string {
  return `HTTP/1.1 200 OK\r\ncontent-type: text/plain\r\n${headers}content-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`;
}
