import { AllowCaller, ScopeOfRequest, type Database } from '@byok/platform';
import { Controller, Inject, UseInterceptors } from '@nestjs/common';
import { GrpcMethod } from '@nestjs/microservices';
import { priceSnapshot } from './prices/price-snapshot.js';
import { getUsage } from './reports/get-usage.js';

export interface BillingDeps {
  db: Database;
}

export const BILLING_DEPS = 'billing-deps';

/** The RPC methods and who may call them. Whose usage a caller may see is admin-api's to decide. */
@Controller()
@UseInterceptors(ScopeOfRequest)
export class BillingController {
  constructor(@Inject(BILLING_DEPS) private readonly deps: BillingDeps) {}

  @GrpcMethod('UsageBilling') @AllowCaller('admin-api') GetUsage(request: unknown) {
    return getUsage(this.deps, request);
  }

  @GrpcMethod('UsageBilling') @AllowCaller('gateway') GetPrices(request: { knownVersion: string }) {
    return priceSnapshot(this.deps, request);
  }
}
