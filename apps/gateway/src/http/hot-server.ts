import { Server, type IncomingMessage, type ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { AppError, newId } from '@byok/kernel';
import { answerError } from './answer-error.js';
import { dialectAt, errorBody, type CallerDialect } from './error-dialects.js';
import { handleCall, type HandleCallDeps } from './handle-call.js';
import { handleFanout, isFanoutPath } from './handle-fanout.js';
import { hotRouteAt } from './hot-routes.js';
import { answerModels, isModelsPath } from './list-models.js';
import type { WholeRequest } from './caller.js';
import { DirectConnections } from './direct/direct-connections.js';
import type { DirectResponse } from './direct/direct-response.js';
import { MAX_HEADER_BYTES, MAX_HEADERS } from './direct/read-head.js';

export type Handle = (request: IncomingMessage, response: ServerResponse) => void;

export interface HotServerLimits {
  maxConnections: number;
  headersTimeoutMs: number;
  requestTimeoutMs: number;
}

/** Longer than the idle timeout of the usual load balancers, so that they close first. */
const KEEP_ALIVE_MS = 75_000;

/** What Nest answers; every other path is metered, a model list, or unknown. */
const NEST_PATHS: ReadonlySet<string> = new Set(['/healthz', '/readyz', '/metrics']);

/**
 * The gateway's own http.Server: metered routes go straight to the pipeline, the operator's pages to Nest, and everything
 * else is answered here, in the dialect its path belongs to. A plain small call is not even read by node:http.
 */
export class HotServer extends Server {
  readonly #direct: DirectConnections;

  constructor(deps: HandleCallDeps, limits: HotServerLimits, nest: Handle) {
    super(
      {
        maxHeaderSize: MAX_HEADER_BYTES,
        headersTimeout: limits.headersTimeoutMs,
        requestTimeout: limits.requestTimeoutMs,
        connectionsCheckingInterval: 2_000,
        keepAliveTimeout: KEEP_ALIVE_MS,
        noDelay: true,
        // Two credentials in one header must not look like the first of them alone.
        joinDuplicateHeaders: true,
      },
      (request, response) => route(request, response, deps, nest),
    );
    this.maxHeadersCount = MAX_HEADERS;
    this.maxConnections = limits.maxConnections;
    this.on('clientError', answerParserError);
    const [read] = this.listeners('connection') as [(socket: Socket) => void];
    this.#direct = new DirectConnections({
      answer: (request, response) => answerDirectly(request, response, deps),
      takeOver: (socket) => read.call(this, socket),
      keepAliveMs: KEEP_ALIVE_MS,
      firstRequestMs: limits.headersTimeoutMs,
    });
    this.off('connection', read).on('connection', (socket: Socket) => this.#direct.add(socket));
    this.on('close', () => this.#direct.stopLooking());
  }

  override closeIdleConnections(): void {
    super.closeIdleConnections();
    this.#direct.closeIdle();
  }

  override closeAllConnections(): void {
    super.closeAllConnections();
    this.#direct.closeAll();
  }
}

/** False for what is no call; node:http then reads it. */
function answerDirectly(request: WholeRequest, response: DirectResponse, deps: HandleCallDeps): boolean {
  const metered = hotRouteAt(pathOf(request.url));
  if (!metered) return false;
  handleCall(metered, request, response, deps);
  return true;
}

function route(request: IncomingMessage, response: ServerResponse, deps: HandleCallDeps, nest: Handle): void {
  const path = pathOf(request.url ?? '/');
  const metered = hotRouteAt(path);
  if (metered) {
    if (request.method === metered.method) return handleCall(metered, request, response, deps);
    return refuse(request, response, metered.dialect, methodNotAllowed(metered.method));
  }
  if (isFanoutPath(path)) {
    if (request.method === 'POST') return handleFanout(request, response, deps);
    return refuse(request, response, 'openai', methodNotAllowed('POST'));
  }
  if (isModelsPath(path)) {
    if (request.method === 'GET') return void answerModels(path, request, response, deps);
    return refuse(request, response, dialectAt(path, request.headers), methodNotAllowed('GET'));
  }
  if (NEST_PATHS.has(path)) return nest(request, response);
  refuse(request, response, dialectAt(path, request.headers), new AppError('route_not_found', 'There is nothing at this path. The API is at /v1, such as /v1/chat/completions.'));
}

function pathOf(url: string): string {
  const query = url.indexOf('?');
  return query === -1 ? url : url.slice(0, query);
}

function methodNotAllowed(allowed: string): AppError {
  return new AppError('method_not_allowed', `Use ${allowed} here.`, { details: { allow: allowed } });
}

function refuse(request: IncomingMessage, response: ServerResponse, dialect: CallerDialect, error: AppError): void {
  request.resume();
  answerError(response, dialect, error, newId('request'));
}

const PARSER_ERRORS: Record<string, () => AppError> = {
  HPE_HEADER_OVERFLOW: () => new AppError('headers_too_large', `The headers are larger than ${MAX_HEADER_BYTES / 1024} KB.`),
  ERR_HTTP_REQUEST_TIMEOUT: () => new AppError('request_timeout', 'The request did not arrive in time.'),
};

/** What never became a request is answered by hand, and the connection is closed: nothing after it can be trusted. */
function answerParserError(error: NodeJS.ErrnoException, socket: Duplex): void {
  if (error.code === 'ECONNRESET' || !socket.writable) return void socket.destroy();
  const known = PARSER_ERRORS[error.code ?? '']?.() ?? new AppError('invalid_request', 'This is not a valid HTTP request.');
  const requestId = newId('request');
  const body = errorBody('openai', known, requestId);
  socket.end(
    `HTTP/1.1 ${known.rule.http} Bad Request\r\ncontent-type: application/json\r\ncontent-length: ${Buffer.byteLength(body)}\r\nx-request-id: ${requestId}\r\nconnection: close\r\n\r\n${body}`,
  );
}
