import { AllowCaller, ScopeOfRequest, type Database } from '@byok/platform';
import { Controller, Inject, UseInterceptors } from '@nestjs/common';
import { GrpcMethod } from '@nestjs/microservices';
import { grantCredits } from './grant-credits.js';
import { listJournal } from './list-journal.js';
import { readCredits } from './read-credits.js';
import { refundCharge } from './refund-charge.js';

export const CREDITS_DEPS = 'credits-deps';

/** Credits of orgs for admin-api, which decides who may see, grant and refund them. */
@Controller()
@UseInterceptors(ScopeOfRequest)
export class CreditsController {
  constructor(@Inject(CREDITS_DEPS) private readonly deps: { db: Database }) {}

  @GrpcMethod('UsageBilling') @AllowCaller('admin-api') GetCredits(request: unknown) {
    return readCredits(this.deps, request);
  }

  @GrpcMethod('UsageBilling') @AllowCaller('admin-api') GrantCredits(request: unknown) {
    return grantCredits(this.deps, request);
  }

  @GrpcMethod('UsageBilling') @AllowCaller('admin-api') ListJournal(request: unknown) {
    return listJournal(this.deps, request);
  }

  @GrpcMethod('UsageBilling') @AllowCaller('admin-api') RefundCharge(request: unknown) {
    return refundCharge(this.deps, request);
  }
}
