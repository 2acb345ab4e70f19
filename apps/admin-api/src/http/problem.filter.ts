import { AppError, toAppError } from '@byok/kernel';
import { problemOf } from '@byok/platform';
import { Catch, HttpException, Inject, type ArgumentsHost, type ExceptionFilter } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { recordDenial } from '../access/record-denial.js';
import type { KnownRequest } from '../access/who.js';
import { DEPS, type AdminDeps } from '../deps.js';

const COMPAT = '/api/byok/';

/** Every error becomes application/problem+json here, is logged here once when it is ours, and is audited here when it denied something. */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  constructor(@Inject(DEPS) private readonly deps: AdminDeps) {}

  async catch(thrown: unknown, host: ArgumentsHost): Promise<void> {
    const request = host.switchToHttp().getRequest<KnownRequest>();
    const reply = host.switchToHttp().getResponse<FastifyReply>();
    const error = asAppError(thrown);
    const route = request.routeOptions?.url ?? '(none)';
    const path = (request.params ?? {}) as Record<string, string>;
    if (error.rule.http >= 500) this.deps.log.error({ error, requestId: request.id, route }, 'a request failed');
    if (request.principal) await recordDenial(this.deps, request.principal, { method: request.method, route, path, requestId: request.id }, error);
    const retryAfter = error.details?.['retryAfterSeconds'];
    if (typeof retryAfter === 'number') reply.header('retry-after', String(retryAfter));
    if (error.rule.http === 401) reply.header('www-authenticate', 'Bearer');
    const problem = problemOf(error, request.id);
    // The first system's clients look for these two.
    const body = route.startsWith(COMPAT) ? { ...problem, success: false, error: problem.detail } : problem;
    reply.status(problem.status).header('content-type', 'application/problem+json; charset=utf-8').send(JSON.stringify(body));
  }
}

const FASTIFY_CODES: Record<string, () => AppError> = {
  FST_ERR_CTP_BODY_TOO_LARGE: () => new AppError('body_too_large', 'The body is larger than 1 MB.'),
  FST_ERR_CTP_INVALID_MEDIA_TYPE: () => new AppError('unsupported_media_type', 'Send JSON with "content-type: application/json".'),
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: () => new AppError('invalid_request', 'The body has another length than content-length says.'),
  FST_ERR_BAD_URL: () => new AppError('route_not_found', 'There is no such route.'),
};

const HTTP_CODES: Record<number, () => AppError> = {
  404: () => new AppError('route_not_found', 'There is no such route. The API is described at /api/openapi.json.'),
  405: () => new AppError('method_not_allowed', 'This route does not take that method.'),
};

/** What Nest and Fastify throw, in our words: their own messages may quote what was sent. */
function asAppError(thrown: unknown): AppError {
  const code = (thrown as { code?: unknown } | null)?.code;
  const known = typeof code === 'string' ? FASTIFY_CODES[code] : undefined;
  if (known) return known();
  if (thrown instanceof HttpException) return HTTP_CODES[thrown.getStatus()]?.() ?? fromStatus(thrown, thrown.getStatus());
  const statusCode = (thrown as { statusCode?: unknown } | null)?.statusCode;
  if (!(thrown instanceof AppError) && typeof statusCode === 'number') return fromStatus(thrown, statusCode);
  return toAppError(thrown);
}

function fromStatus(thrown: unknown, status: number): AppError {
  return status < 500 ? new AppError('invalid_request', 'The request could not be read.', { cause: thrown }) : toAppError(thrown);
}
