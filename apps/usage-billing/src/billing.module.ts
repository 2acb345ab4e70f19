import { Module, type DynamicModule } from '@nestjs/common';
import { BILLING_DEPS, BillingController, type BillingDeps } from './billing.controller.js';

@Module({})
export class BillingModule {
  static with(deps: BillingDeps): DynamicModule {
    return { module: BillingModule, controllers: [BillingController], providers: [{ provide: BILLING_DEPS, useFactory: () => deps }] };
  }
}
