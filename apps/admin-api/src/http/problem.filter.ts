import { AppError, toAppError } from '@byok/kernel';
import { problemOf } from '@byok/platform';
import { Catch, HttpException, Inject, type ArgumentsHost, type ExceptionFilter } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { recordDenial } from '../access/record-denial.js';
import type { KnownRequest } from '../access/who.js';
import { DEPS, type AdminDeps } from '../deps.js';
import { isScimPath, scimError } from '../scim/scim-error.js';
import { SCIM_TYPE } from '../scim/scim-type.js';

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
    if (isScimPath(request.url)) return void reply.status(error.rule.http).header('content-type', SCIM_TYPE).send(JSON.stringify(scimError(error, request.id)));
    const problem = problemOf(error, request.id);
    // The first system's clients look for these two.
    const body = route.startsWith(COMPAT) ? { ...problem, success: false, error: problem.detail } : problem;
    reply.status(problem.status).header('content-type', 'application/problem+json; charset=utf-8').send(JSON.stringify(body));
  }
}

const BY_STATUS: Record<number, () => AppError> = {
  404: () => new AppError('route_not_found', 'There is no such route. The API is described at /api/openapi.json.'),
  405: () => new AppError('method_not_allowed', 'This route does not take that method.'),
  408: () => new AppError('request_timeout', 'The request took too long to arrive.'),
  413: () => new AppError('body_too_large', 'The body is larger than 1 MB.'),
  415: () => new AppError('unsupported_media_type', 'Send JSON with "content-type: application/json".'),
};

/** What Nest and Fastify throw, in our words: their own messages may quote what was sent. */
function asAppError(thrown: unknown): AppError {
  if (thrown instanceof AppError) return thrown;
  const status = thrown instanceof HttpException ? thrown.getStatus() : (thrown as { statusCode?: unknown } | null)?.statusCode;
  if (typeof status !== 'number' || status >= 500) return toAppError(thrown);
  return BY_STATUS[status]?.() ?? new AppError('invalid_request', 'The request could not be read.', { cause: thrown });
}
