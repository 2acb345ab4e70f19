import { Inject, Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import { DEPS, type AdminDeps } from '../deps.js';
import type { RequestWithText } from '../http/keep-text.js';
import { verifySignature } from './verify-signature.js';

/** Before anything in the body is looked at. */
@Injectable()
export class SignatureGuard implements CanActivate {
  constructor(@Inject(DEPS) private readonly deps: AdminDeps) {}

  canActivate(context: ExecutionContext): boolean {
    const request = context.switchToHttp().getRequest<RequestWithText>();
    verifySignature(this.deps.secretScanningSecrets, { header: String(request.headers['x-byok-signature'] ?? ''), rawBody: request.text ?? '' }, this.deps.clock.now());
    return true;
  }
}
