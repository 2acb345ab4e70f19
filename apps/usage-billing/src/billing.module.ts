import { Module, type DynamicModule } from '@nestjs/common';
import { BUDGETS_DEPS, BudgetsController, type BudgetsDeps } from './budgets/budgets.controller.js';
import { CHARGE_DEPS, ChargeController } from './charge/charge.controller.js';
import type { HoldDeps } from './charge/take-holds.js';
import { CREDITS_DEPS, CreditsController } from './credits/credits.controller.js';
import { BILLING_DEPS, BillingController, type BillingDeps } from './billing.controller.js';

export const BILLING_CONTROLLERS = [BillingController, BudgetsController, ChargeController, CreditsController] as const;

@Module({})
export class BillingModule {
  static with(deps: BillingDeps, budgets: BudgetsDeps, charge: HoldDeps): DynamicModule {
    return {
      module: BillingModule,
      controllers: [...BILLING_CONTROLLERS],
      providers: [
        { provide: BILLING_DEPS, useFactory: () => deps },
        { provide: BUDGETS_DEPS, useFactory: () => budgets },
        { provide: CHARGE_DEPS, useFactory: () => charge },
        { provide: CREDITS_DEPS, useFactory: () => ({ db: charge.db }) },
      ],
    };
  }
}
