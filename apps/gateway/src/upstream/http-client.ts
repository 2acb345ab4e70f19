import type { IncomingHttpHeaders } from 'node:http';
import { AppError, toAppError, type Clock } from '@byok/kernel';
import type { Authorise } from './authorise.js';
import type { UpstreamPool } from './pools.js';
import type { WireCall, WireLine } from './wire/wire-call.js';
import { tooLarge } from './wire/wire-failures.js';
import { requestHead } from './wire/write-request.js';

/** Where a request goes and what authorises it there; made once per key and endpoint. */
export interface Target {
  pool: UpstreamPool;
  url: URL;
  path: string;
  /** Flat raw array: the credential, the provider's own headers, content type. */
  headers: readonly string[];
  /** Where every request needs a signature or token of its own. */
  authorise: Authorise | null;
}

export interface UpstreamHead {
  status: number;
  headers: IncomingHttpHeaders;
}
/** A plain answer, read to its end. */
export type WholeAnswer = UpstreamHead & { kind: 'whole'; body: Buffer };
/** A stream whose first bytes are there; the rest goes to the sink given to `exchange.pipe`. */
export type StreamAnswer = UpstreamHead & { kind: 'stream'; exchange: Exchange };
export type UpstreamAnswer = WholeAnswer | StreamAnswer;

/** Who takes a stream's bytes. Exactly one of `end` and `cut` is called, last. */
export interface StreamSink {
  chunk(chunk: Buffer): void;
  end(): void;
  cut(error: AppError): void;
}

export interface ExchangeLimits {
  /** A plain answer larger than this is refused. */
  maxWholeBytes: number;
  /** A stream larger than this is cut. */
  maxStreamBytes: number;
}

const MAX_ERROR_BYTES = 1024 * 1024;

/**
 * One request to a provider and its answer. Nothing is sent before `start`. The promise `answer` settles when a plain answer is
 * complete or a stream has begun; until then a failure rejects it, and after that the sink hears of it.
 */
export class Exchange implements WireCall {
  readonly answer: Promise<UpstreamAnswer>;
  firstByteAt: number | null = null;
  readonly startedAt: number;
  /** What is sent; dropped when the provider has answered. */
  head = '';
  body: Buffer | null = null;
  /** True when the provider may have seen the request. */
  wasSent = false;
  readonly #clock: Clock;
  readonly #limits: ExchangeLimits;
  readonly #target: Pick<Target, 'pool' | 'path'>;
  #resolve!: (answer: UpstreamAnswer) => void;
  #reject!: (error: AppError) => void;
  #line: WireLine | undefined;
  #abortReason: AppError | undefined;
  #head: UpstreamHead | undefined;
  #isStream = false;
  #isOver = false;
  #chunks: Buffer[] = [];
  #bytes = 0;
  #sink: StreamSink | undefined;
  #pendingEnd: AppError | true | undefined;

  constructor(target: Pick<Target, 'pool' | 'path'>, limits: ExchangeLimits, clock: Clock) {
    this.#target = target;
    this.#limits = limits;
    this.#clock = clock;
    this.startedAt = clock.now();
    this.answer = new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
    // A client may leave after its attempt was prepared and before it was sent: nobody waits for this answer then, and a
    // rejection that nobody hears would end the process.
    this.answer.catch(ignore);
  }

  /** Sends the request. @throws AppError upstream_overloaded */
  start(method: 'POST' | 'GET', body: Buffer | string | null, headers: readonly string[]): void {
    if (this.#abortReason) return;
    const { pool, path } = this.#target;
    this.body = body === null || body.length === 0 ? null : typeof body === 'string' ? Buffer.from(body) : body;
    this.head = requestHead(method, path, pool.host, headers, this.body?.length ?? 0);
    pool.dispatch(this);
  }

  /** Gives the stream's bytes to `sink`, those that came early first. */
  pipe(sink: StreamSink): void {
    this.#sink = sink;
    const early = this.#chunks;
    this.#chunks = [];
    for (const chunk of early) sink.chunk(chunk);
    this.#finishSink();
  }

  /** Stops it, wherever it is. Without effect when it is over. */
  abort(reason: AppError): void {
    if (this.#isOver) return;
    this.#abortReason = reason;
    if (this.#line) return this.#line.abort(reason);
    // Before it is sent, or while it waits for a connection: nobody waits for it any more.
    this.#over();
    if (this.head !== '') this.#target.pool.cancel(this);
    this.#reject(reason);
  }

  pause(): void {
    this.#line?.pause();
  }

  resume(): void {
    this.#line?.resume();
  }

  onSending(line: WireLine): void {
    this.#line = line;
    this.wasSent = true;
  }

  onHead(status: number, headers: IncomingHttpHeaders): void {
    this.head = '';
    this.body = null;
    this.#head = { status, headers };
    this.#isStream = status < 300 && isEventStream(headers['content-type']);
    if (!this.#isStream && Number(headers['content-length'] ?? 0) > this.#wholeLimit(status)) this.abort(tooLarge());
  }

  onData(chunk: Buffer): void {
    this.firstByteAt ??= this.#clock.now();
    this.#bytes += chunk.length;
    if (this.#sink) this.#sink.chunk(chunk);
    else this.#chunks.push(chunk);
    if (!this.#isStream) {
      if (this.#bytes > this.#wholeLimit(this.#head!.status)) this.abort(tooLarge());
      return;
    }
    if (this.#bytes > this.#limits.maxStreamBytes) this.abort(tooLarge());
    if (this.#bytes === chunk.length) this.#resolve({ kind: 'stream', ...this.#head!, exchange: this });
  }

  onEnd(): void {
    this.#over();
    const head = this.#head!;
    if (!this.#isStream) return this.#resolve({ kind: 'whole', status: head.status, headers: head.headers, body: this.#chunks.length === 1 ? this.#chunks[0]! : Buffer.concat(this.#chunks) });
    this.#pendingEnd = true;
    if (this.#bytes === 0) this.#reject(new AppError('upstream_error', 'The provider began a stream and ended it without a word.'));
    else this.#finishSink();
  }

  onFailure(error: Error): void {
    this.#over();
    const known = this.#abortReason ?? describe(error);
    if (!this.#isStream || this.#bytes === 0) return this.#reject(known);
    this.#pendingEnd = known;
    this.#finishSink();
  }

  #over(): void {
    this.#isOver = true;
    this.#line = undefined;
  }

  #finishSink(): void {
    if (!this.#sink || this.#pendingEnd === undefined) return;
    const end = this.#pendingEnd;
    this.#pendingEnd = undefined;
    if (end === true) this.#sink.end();
    else this.#sink.cut(end);
  }

  #wholeLimit(status: number): number {
    return status < 300 ? this.#limits.maxWholeBytes : Math.min(MAX_ERROR_BYTES, this.#limits.maxWholeBytes);
  }
}

const STREAM_TYPES = ['text/event-stream', 'application/vnd.amazon.eventstream', 'application/x-ndjson'];

function isEventStream(contentType: string | string[] | undefined): boolean {
  return typeof contentType === 'string' && STREAM_TYPES.some((type) => contentType.startsWith(type));
}

function ignore(): void {
  // See where it is given.
}

/**
 * What went wrong on the wire, in our words; the original stays out because it may quote what was sent. Everything that happens
 * while connecting is one answer: which hosts and ports a network has is not the caller's to find out.
 */
function describe(error: Error): AppError {
  if (error instanceof AppError) return error;
  if (error.cause instanceof AppError) return toAppError(error.cause);
  return new AppError('upstream_unreachable', 'The provider cannot be reached.', { cause: error });
}
