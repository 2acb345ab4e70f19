import { AllowCaller } from '@byok/platform';
import { Controller, Inject } from '@nestjs/common';
import { GrpcMethod } from '@nestjs/microservices';

import { VAULT_DEPS } from './vault.controller.js';
import type { VaultDeps } from './vault-deps.js';
import { keyWarnings } from './verbs/key-warnings.js';
import { reportRevalidation } from './verbs/report-revalidation.js';
import { takeRevalidation } from './verbs/take-revalidation.js';

/** What becomes of keys that nobody looks at: they are tried now and then, and their end is told in time. */
@Controller()
export class LifetimeController {
  constructor(@Inject(VAULT_DEPS) private readonly deps: VaultDeps) {}

  @GrpcMethod('KeyVault') @AllowCaller('gateway') TakeRevalidation(request: unknown) {
    return takeRevalidation(this.deps, request);
  }

  @GrpcMethod('KeyVault') @AllowCaller('gateway') ReportRevalidation(request: unknown) {
    return reportRevalidation(this.deps, request);
  }

  @GrpcMethod('KeyVault') @AllowCaller('gateway') KeyWarnings(request: unknown) {
    return keyWarnings(this.deps, request);
  }
}
