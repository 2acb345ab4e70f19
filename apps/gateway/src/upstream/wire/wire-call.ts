import type { IncomingHttpHeaders } from 'node:http';

/** Who hears a response. Exactly one of `onEnd` and `onFailure` is called, last. */
export interface ResponseListener {
  onHead(status: number, headers: IncomingHttpHeaders): void;
  onData(chunk: Buffer): void;
  onEnd(): void;
}

/** A request on its way through a pool of connections, and whoever waits for the response. */
export interface WireCall extends ResponseListener {
  /** As `requestHead` makes it. */
  readonly head: string;
  readonly body: Buffer | null;
  /** The request is about to be written: from here on its server may know of it. */
  onSending(line: WireLine): void;
  onFailure(error: Error): void;
}

/** The connection that serves a call. The call lets go of it when it is over: the next one on it is another's. */
export interface WireLine {
  /** Breaks the connection. The call hears `reason` as its failure before this returns. */
  abort(reason: Error): void;
  /** Takes nothing more from the server until `resume`; what has come already may still be handed on. */
  pause(): void;
  resume(): void;
}
