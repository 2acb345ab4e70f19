import { AllowCaller, ScopeOfRequest } from '@byok/platform';
import { Controller, Inject, UseInterceptors } from '@nestjs/common';
import { GrpcMethod } from '@nestjs/microservices';
import { getAlertSettings, setAlertSettings } from '../alerts/alert-settings.js';
import { noteKeys } from '../alerts/note-keys.js';
import { acknowledgeAlert, listAlerts } from '../alerts/read-alerts.js';
import { createWebhook, type WebhookDeps } from '../webhooks/create-webhook.js';
import { deleteWebhook } from '../webhooks/delete-webhook.js';
import type { PostDeps } from '../webhooks/post-to.js';
import { listWebhooks } from '../webhooks/read-webhooks.js';
import { testWebhook } from '../webhooks/test-webhook.js';
import { createBudget } from './create-budget.js';
import { deleteBudget } from './delete-budget.js';
import { getBudget, listBudgets } from './read-budgets.js';
import { updateBudget } from './update-budget.js';

export type BudgetsDeps = WebhookDeps & PostDeps;

export const BUDGETS_DEPS = 'budgets-deps';

/** Budgets, alerts and webhooks for admin-api, which decides who may see and change them. */
@Controller()
@UseInterceptors(ScopeOfRequest)
export class BudgetsController {
  constructor(@Inject(BUDGETS_DEPS) private readonly deps: BudgetsDeps) {}

  @GrpcMethod('UsageBilling') @AllowCaller('gateway') NoteKeys(request: unknown) {
    return noteKeys(this.deps, request);
  }

  @GrpcMethod('UsageBilling') @AllowCaller('admin-api') CreateBudget(request: unknown) {
    return createBudget(this.deps, request);
  }

  @GrpcMethod('UsageBilling') @AllowCaller('admin-api') UpdateBudget(request: unknown) {
    return updateBudget(this.deps, request);
  }

  @GrpcMethod('UsageBilling') @AllowCaller('admin-api') GetBudget(request: unknown) {
    return getBudget(this.deps, request);
  }

  @GrpcMethod('UsageBilling') @AllowCaller('admin-api') ListBudgets(request: unknown) {
    return listBudgets(this.deps, request);
  }

  @GrpcMethod('UsageBilling') @AllowCaller('admin-api') DeleteBudget(request: unknown) {
    return deleteBudget(this.deps, request);
  }

  @GrpcMethod('UsageBilling') @AllowCaller('admin-api') ListAlerts(request: unknown) {
    return listAlerts(this.deps, request);
  }

  @GrpcMethod('UsageBilling') @AllowCaller('admin-api') AcknowledgeAlert(request: unknown) {
    return acknowledgeAlert(this.deps, request);
  }

  @GrpcMethod('UsageBilling') @AllowCaller('admin-api') GetAlertSettings(request: unknown) {
    return getAlertSettings(this.deps, request);
  }

  @GrpcMethod('UsageBilling') @AllowCaller('admin-api') SetAlertSettings(request: unknown) {
    return setAlertSettings(this.deps, request);
  }

  @GrpcMethod('UsageBilling') @AllowCaller('admin-api') CreateWebhook(request: unknown) {
    return createWebhook(this.deps, request);
  }

  @GrpcMethod('UsageBilling') @AllowCaller('admin-api') ListWebhooks(request: unknown) {
    return listWebhooks(this.deps, request);
  }

  @GrpcMethod('UsageBilling') @AllowCaller('admin-api') DeleteWebhook(request: unknown) {
    return deleteWebhook(this.deps, request);
  }

  @GrpcMethod('UsageBilling') @AllowCaller('admin-api') TestWebhook(request: unknown) {
    return testWebhook(this.deps, request);
  }
}
