import { may, type Principal } from '@byok/identity';
import { Inject, Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { DEPS, type AdminDeps } from '../deps.js';
import { Authenticator } from './authenticator.js';
import { forbidden, orgOf } from './demand.js';
import { findPathIds } from './find-path-ids.js';
import { demandOf } from './may.js';
import { recordVisit } from './record-visit.js';
import type { KnownRequest } from './who.js';

/** The one door: who is it, is the org in the path theirs, may they do such a thing at all. Global, so no route can be beside it. */
@Injectable()
export class AccessGuard implements CanActivate {
  constructor(
    @Inject(DEPS) private readonly deps: AdminDeps,
    @Inject(Authenticator) private readonly authenticator: Authenticator,
  ) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const demanded = demandOf(context.getHandler());
    if (demanded === 'public') return true;
    const request = context.switchToHttp().getRequest<KnownRequest>();
    const principal = await this.authenticator.authenticate(request, context.switchToHttp().getResponse<FastifyReply>());
    request.principal = principal;
    const path = request.params as Record<string, string>;
    if (path['org'] !== undefined) orgOf(principal, path['org']);
    if (demanded === 'signed-in' || (demanded !== undefined && may(principal, demanded))) {
      await recordVisit(this.deps.db, principal, request);
      return true;
    }
    await this.hideForeignIds(principal, path);
    throw forbidden(demanded ?? 'undeclared');
  }

  /** "You may not" would tell that the thing exists: what is not the caller's org's is not found, whatever they may. */
  private hideForeignIds(principal: Principal, path: Record<string, string>): Promise<void> {
    const org = orgOf(principal, path['org']);
    return findPathIds(this.deps.db.forOrg(org), org, path);
  }
}
