import type { Principal } from '@byok/identity';
import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';

/** A request after the guard: `principal` is missing on public routes only. */
export type KnownRequest = FastifyRequest & { principal?: Principal };

/** The caller, as the guard found out. */
export const Who = createParamDecorator((_: unknown, context: ExecutionContext): Principal => {
  const { principal } = context.switchToHttp().getRequest<KnownRequest>();
  if (!principal) throw new Error('@Who() on a public route: there is no principal.');
  return principal;
});
