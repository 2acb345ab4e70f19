import type { Log } from '@byok/platform';
import { Module, type DynamicModule } from '@nestjs/common';
import { BUDGETS_DEPS, BudgetsController, type BudgetsDeps } from './budgets/budgets.controller.js';
import { CHARGE_DEPS, ChargeController } from './charge/charge.controller.js';
import type { HoldDeps } from './charge/take-holds.js';
import { CREDITS_DEPS, CreditsController } from './credits/credits.controller.js';
import { REPORT_DEPS, ReportsController } from './reports/reports.controller.js';
import { OFFICE_DEPS, OfficeController } from './office.controller.js';
import { BILLING_DEPS, BillingController, type BillingDeps } from './billing.controller.js';

export const BILLING_CONTROLLERS = [BillingController, BudgetsController, ChargeController, CreditsController, ReportsController, OfficeController] as const;

@Module({})
export class BillingModule {
  static with(deps: BillingDeps & { log: Log }, budgets: BudgetsDeps, charge: HoldDeps): DynamicModule {
    return {
      module: BillingModule,
      controllers: [...BILLING_CONTROLLERS],
      providers: [
        { provide: BILLING_DEPS, useFactory: () => deps },
        { provide: BUDGETS_DEPS, useFactory: () => budgets },
        { provide: CHARGE_DEPS, useFactory: () => charge },
        { provide: REPORT_DEPS, useFactory: () => ({ db: charge.db, prices: charge.prices, clock: budgets.clock }) },
        { provide: OFFICE_DEPS, useFactory: () => ({ db: charge.db, prices: charge.prices, log: deps.log }) },
        { provide: CREDITS_DEPS, useFactory: () => ({ db: charge.db }) },
      ],
    };
  }
}
