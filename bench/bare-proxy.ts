/**
 * The yardstick: the least a pass-through proxy on node:http and undici can be. The body is collected, the credential is
 * replaced by a constant one, and the answer's bytes are written as they come. No policy, no metering, no limits.
 */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { Pool, type Dispatcher } from 'undici';

const upstreamPort = Number(process.argv[2]);
const pool = new Pool(`http://127.0.0.1:${upstreamPort}`, { pipelining: 1 });
const HOP_BY_HOP = new Set(['connection', 'keep-alive', 'transfer-encoding', 'host', 'content-length', 'authorization']);

const server = createServer({ noDelay: true }, (request, response) => {
  if (request.method === 'GET') return void response.end('ok');
  const chunks: Buffer[] = [];
  request.on('data', (chunk: Buffer) => void chunks.push(chunk));
  request.on('end', () => forward(request, chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks), response));
});

function forward(request: IncomingMessage, body: Buffer, response: ServerResponse): void {
  const headers = ['authorization', 'Bearer sk-bench'];
  for (let index = 0; index < request.rawHeaders.length; index += 2) {
    const name = request.rawHeaders[index]!;
    if (!HOP_BY_HOP.has(name.toLowerCase())) headers.push(name, request.rawHeaders[index + 1]!);
  }
  pool.dispatch({ method: 'POST', path: request.url!, headers, body }, new Relay(response));
}

class Relay implements Dispatcher.DispatchHandler {
  readonly #response: ServerResponse;
  #left = -1;

  constructor(response: ServerResponse) {
    this.#response = response;
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#response.once('close', () => !this.#response.writableFinished && controller.abort(new Error('the client went away')));
    this.#response.on('drain', () => controller.resume());
  }

  onResponseStart(controller: Dispatcher.DispatchController, status: number): void {
    const raw = (controller as unknown as { rawHeaders: Buffer[] }).rawHeaders;
    const headers: string[] = [];
    for (let index = 0; index < raw.length; index += 2) {
      const name = raw[index]!.toString('latin1');
      const value = raw[index + 1]!.toString('latin1');
      if (name === 'content-length') this.#left = Number(value);
      if (name !== 'connection' && name !== 'keep-alive' && name !== 'transfer-encoding') headers.push(name, value);
    }
    this.#response.writeHead(status, headers);
  }

  onResponseData(controller: Dispatcher.DispatchController, chunk: Buffer): void {
    // One `end` with head and body is one system call; `write` and `end` would be two.
    if (chunk.length === this.#left) return void this.#response.end(chunk);
    if (!this.#response.write(chunk)) controller.pause();
  }

  onResponseEnd(): void {
    if (!this.#response.writableEnded) this.#response.end();
  }

  onResponseError(): void {
    if (this.#response.headersSent) this.#response.destroy();
    else this.#response.writeHead(502).end();
  }
}

server.keepAliveTimeout = 60_000;
server.listen(Number(process.argv[3] ?? 0), '127.0.0.1', 4096, () => {
  const address = server.address();
  process.send?.({ port: typeof address === 'object' && address ? address.port : 0 });
});
process.once('disconnect', () => process.exit(0));
