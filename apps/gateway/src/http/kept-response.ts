import { ServerResponse, type IncomingMessage, type OutgoingHttpHeader, type OutgoingHttpHeaders } from 'node:http';

export interface Kept {
  status: number;
  body: Buffer;
}

/** A response that goes into memory instead of a socket, so that a call inside another one is a call like any other. */
export class KeptResponse extends ServerResponse {
  /** Settles when there is nothing more to come; undefined when nobody wants it any more. */
  readonly whole: Promise<Kept | undefined>;
  readonly #parts: Buffer[] = [];
  #resolve!: (kept: Kept | undefined) => void;
  #isOver = false;

  constructor(request: IncomingMessage) {
    super(request);
    this.whole = new Promise((resolve) => {
      this.#resolve = resolve;
    });
  }

  override writeHead(status: number, _first?: string | OutgoingHttpHeaders | OutgoingHttpHeader[], _second?: OutgoingHttpHeaders | OutgoingHttpHeader[]): this {
    this.statusCode = status;
    return this;
  }

  override write(chunk: unknown): boolean {
    this.#keep(chunk);
    return true;
  }

  override end(chunk?: unknown): this {
    this.#keep(chunk);
    this.#isOver = true;
    this.#resolve({ status: this.statusCode, body: Buffer.concat(this.#parts) });
    return this;
  }

  override destroy(): this {
    if (this.#isOver) return this;
    this.#isOver = true;
    this.destroyed = true;
    this.#resolve(undefined);
    this.emit('close');
    return this;
  }

  #keep(chunk: unknown): void {
    if (Buffer.isBuffer(chunk)) this.#parts.push(chunk);
    else if (typeof chunk === 'string') this.#parts.push(Buffer.from(chunk));
  }
}
