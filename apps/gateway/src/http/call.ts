import { AppError, type Clock, type RequestId } from '@byok/kernel';
import type { PathFacts } from '@byok/providers';
import type { Admission } from '../limits/rate-limits.js';
import type { Placed } from '../placed.js';
import { newRequestId } from '../request-id.js';
import type { CallRecord } from './call-record.js';
import { isWhole, type CallRequest, type CallResponse } from './caller.js';
import type { HotRoute } from './hot-routes.js';
import type { ReadBody } from './incoming-body.js';
import { readBody } from './read-body.js';
import { readCredential } from './read-credential.js';

/** Whoever is working for a call and must hear when it cannot go on as planned. */
export interface CallWatcher {
  /** The client has closed the connection. */
  clientGone(): void;
  /** Once a second: for limits that are not worth a timer of their own. */
  tick(now: number): void;
  /** The gateway stops: end it now, and say why. */
  cutShort(reason: AppError): void;
}

/** One client request on a metered route, from its arrival to the last byte of its answer. */
export class Call {
  readonly requestId: RequestId;
  readonly startedAt: number;
  readonly record: CallRecord = {};
  /** Its place within the limits of its caller; undefined where there are none. */
  admission: Admission | undefined;
  /** Where it stands among the running calls. */
  place = -1;
  #watcher: CallWatcher | undefined;
  #cutReason: AppError | undefined;

  constructor(
    readonly route: HotRoute,
    readonly request: CallRequest,
    readonly response: CallResponse,
    clock: Clock,
    requestId?: RequestId,
  ) {
    this.startedAt = clock.now();
    this.requestId = requestId ?? newRequestId(this.startedAt);
    response.on('close', () => this.#closed());
  }

  /** @throws AppError unauthenticated, two_credentials */
  get credential(): string {
    return readCredential(this.request);
  }

  /** The body in the endpoint's own dialect. @throws AppError body_too_large, malformed_json, invalid_request, client_gone */
  body(maxBytes: number): ReadBody | Promise<ReadBody> {
    const translate = this.route.translateRequest;
    const body = isWhole(this.request) ? { bytes: this.request.body, scan: null } : readBody(this.request, maxBytes, translate === undefined);
    return translate ? Promise.resolve(body).then(({ bytes }) => ({ bytes: translate(bytes), scan: null })) : body;
  }

  /** What the path says of model and stream; null where the body says it. @throws AppError invalid_request */
  get pathFacts(): PathFacts | null {
    return this.route.readPath?.(this.request.url ?? '/') ?? null;
  }

  /** The task as the caller says it, for a model that is `auto`. @throws AppError invalid_request */
  get task(): string | null {
    const said = this.request.headers['x-byok-task'];
    if (said === undefined || said === '') return null;
    if (typeof said === 'string' && /^[a-z][a-z0-9_-]{0,31}$/.test(said)) return said;
    throw new AppError('invalid_request', 'The header x-byok-task must be a short lower-case word, such as code.', { details: { header: 'x-byok-task' } });
  }

  get isClientGone(): boolean {
    return this.response.destroyed || this.response.socket?.destroyed === true;
  }

  /** @throws AppError client_gone, draining: nothing more is begun for such a call */
  assertWanted(): void {
    if (this.isClientGone) throw clientGone();
    if (this.#cutReason) throw this.#cutReason;
  }

  /** Whoever works for the call now. */
  watchedBy(watcher: CallWatcher | undefined): void {
    this.#watcher = watcher;
  }

  tick(now: number): void {
    this.#watcher?.tick(now);
  }

  cutShort(reason: AppError): void {
    this.#cutReason = reason;
    this.#watcher?.cutShort(reason);
  }

  #closed(): void {
    if (!this.response.writableFinished) this.#watcher?.clientGone();
  }
}

/** The calls that are not finished. */
export type RunningCalls = Placed<Call>;

export function clientGone(): AppError {
  return new AppError('client_gone', 'The client closed the connection.');
}
