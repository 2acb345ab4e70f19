import { EVERY_ORG, withinScope, type Scope } from '@byok/platform';
import type { Principal } from '@byok/identity';
import { Injectable, type CallHandler, type ExecutionContext, type NestInterceptor } from '@nestjs/common';
import { Observable } from 'rxjs';
import type { KnownRequest } from './who.js';

/** Whose rows the handler's statements see: PostgreSQL holds the tenancy that the code holds, for every route, whether it thinks of it or not. */
@Injectable()
export class ScopeInterceptor implements NestInterceptor {
  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const { principal } = context.switchToHttp().getRequest<KnownRequest>();
    return new Observable((subscriber) => withinScope(scopeOf(principal), () => next.handle().subscribe(subscriber)));
  }
}

/** The operator looks into every org. Who calls a public route is not known yet, and finding out is a question to all orgs. */
export function scopeOf(principal: Principal | undefined): Scope {
  return principal === undefined || principal.isOperator ? EVERY_ORG : principal.orgId;
}
