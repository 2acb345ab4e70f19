import type { CallHandler, ExecutionContext, NestInterceptor } from '@nestjs/common';
import { Observable } from 'rxjs';
import { EVERY_ORG, withinScope } from '../db/scope.js';

/** Of a controller whose requests name their org: what a method asks of the database is about that org's rows. Without one it is a question about all orgs. */
export class ScopeOfRequest implements NestInterceptor {
  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const { orgId } = context.switchToRpc().getData<{ orgId?: unknown }>();
    return handleWithin(typeof orgId === 'string' && ORG.test(orgId) ? orgId : EVERY_ORG, next);
  }
}

/** Of a controller whose methods find out themselves whose work it is, and then narrow it with `narrowScope`. */
export class ScopeToNarrow implements NestInterceptor {
  intercept(_: ExecutionContext, next: CallHandler): Observable<unknown> {
    return handleWithin(EVERY_ORG, next);
  }
}

const ORG = /^[A-Za-z0-9_-]{1,64}$/;

function handleWithin(scope: string, next: CallHandler): Observable<unknown> {
  return new Observable((subscriber) => withinScope(scope, () => next.handle().subscribe(subscriber)));
}
