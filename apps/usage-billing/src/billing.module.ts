import { Module, type DynamicModule } from '@nestjs/common';
import { BUDGETS_DEPS, BudgetsController, type BudgetsDeps } from './budgets/budgets.controller.js';
import { BILLING_DEPS, BillingController, type BillingDeps } from './billing.controller.js';

@Module({})
export class BillingModule {
  static with(deps: BillingDeps, budgets: BudgetsDeps): DynamicModule {
    return {
      module: BillingModule,
      controllers: [BillingController, BudgetsController],
      providers: [
        { provide: BILLING_DEPS, useFactory: () => deps },
        { provide: BUDGETS_DEPS, useFactory: () => budgets },
      ],
    };
  }
}
