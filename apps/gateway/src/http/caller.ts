import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';

/** A plain request that was read without node:http (`direct/`): all of it is there. */
export interface WholeRequest {
  readonly url: string;
  /** Names in lower case. */
  readonly headers: IncomingHttpHeaders;
  readonly socket: { readonly remoteAddress?: string | undefined };
  readonly body: Buffer;
}

/** A client's request, whether node:http reads it or it was read without. */
export type CallRequest = IncomingMessage | WholeRequest;

/** What is done with the answer to it; node's ServerResponse is one. */
export interface CallResponse {
  readonly statusCode: number;
  readonly headersSent: boolean;
  readonly destroyed: boolean;
  readonly writableFinished: boolean;
  readonly writableNeedDrain: boolean;
  /** Absent where the connection tells all. */
  readonly socket?: { readonly destroyed: boolean } | null;
  /** Absent where the request was there as a whole. */
  readonly req?: IncomingMessage;
  /** `headers` is a flat raw array. */
  writeHead(status: number, headers: string[]): unknown;
  write(chunk: Buffer | string, done?: () => void): boolean;
  end(chunk?: Buffer | string): unknown;
  destroy(): unknown;
  on(event: 'close' | 'drain', listener: () => void): unknown;
}

export function isWhole(request: CallRequest): request is WholeRequest {
  return 'body' in request;
}
