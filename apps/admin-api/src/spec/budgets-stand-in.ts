import type { AlertMessage, AlertSettingsMessage, BudgetIdMessage, BudgetMessage, BudgetsForAdmin, CreateBudgetMessage, ListBudgetsMessage, UpdateBudgetMessage, WebhookMessage } from '@byok/contracts';
import { AppError, newId } from '@byok/kernel';

const WINDOW = { spentUsd: '1.00', heldUsd: '0.50', remainingUsd: '8.50', windowStart: '2026-11-01T00:00:00.000Z', resetsAt: '2026-12-01T00:00:00.000Z', wouldRefuse: 0 };

/** The part of usage-billing that keeps budgets, alerts and webhooks, in memory: another org's are not there, as in the real one. */
export class BudgetsStandIn implements BudgetsForAdmin {
  budgets: (BudgetMessage & { mailTo: string })[] = [];
  alerts: (AlertMessage & { orgId: string })[] = [];
  settings = new Map<string, AlertSettingsMessage>();
  webhooks: (WebhookMessage & { orgId: string })[] = [];
  /** Called before a budget changes, to see what the gateways know at that moment. */
  beforeChange: () => Promise<void> = async () => undefined;

  async createBudget(request: CreateBudgetMessage) {
    await this.beforeChange();
    const budget = { ...request, ...WINDOW, status: 'active', createdAt: new Date().toISOString() };
    this.budgets.push(budget);
    return budget;
  }

  async updateBudget({ orgId, budgetId, thresholds, ...change }: UpdateBudgetMessage) {
    await this.beforeChange();
    const budget = this.#find(orgId, budgetId);
    return Object.assign(budget, Object.fromEntries(Object.entries(change).filter(([name, value]) => !name.startsWith('_') && value !== undefined)), thresholds ? { thresholds: thresholds.percent } : {});
  }

  async getBudget({ orgId, budgetId }: BudgetIdMessage) {
    return this.#find(orgId, budgetId);
  }

  async listBudgets({ orgId, subjects, isEverything }: ListBudgetsMessage) {
    return { items: this.budgets.filter((each) => each.orgId === orgId && (isEverything || subjects.includes(each.scopeId))), next: '' };
  }

  async deleteBudget({ orgId, budgetId }: BudgetIdMessage) {
    await this.beforeChange();
    const budget = this.#find(orgId, budgetId);
    this.budgets = this.budgets.filter((each) => each !== budget);
    return {};
  }

  async listAlerts({ orgId }: { orgId: string }) {
    return { items: this.alerts.filter((each) => each.orgId === orgId), next: '' };
  }

  async acknowledgeAlert({ orgId, alertId, by }: { orgId: string; alertId: string; by: string }) {
    return Object.assign(found(this.alerts.find((each) => each.orgId === orgId && each.id === alertId)), { acknowledgedBy: by, acknowledgedAt: new Date().toISOString() });
  }

  async getAlertSettings({ orgId }: { orgId: string }) {
    return this.settings.get(orgId) ?? { orgId, mailTo: [], lowBalanceUsd: '' };
  }

  async setAlertSettings(settings: AlertSettingsMessage) {
    this.settings.set(settings.orgId, settings);
    return settings;
  }

  async createWebhook({ url, ...request }: Parameters<BudgetsForAdmin['createWebhook']>[0]) {
    const webhook = { ...request, id: newId('webhook'), host: new URL(url).hostname, createdAt: new Date().toISOString(), secret: '' };
    this.webhooks.push(webhook);
    return { ...webhook, secret: 'whsec_of-the-spec' };
  }

  async listWebhooks({ orgId }: { orgId: string }) {
    return { items: this.webhooks.filter((each) => each.orgId === orgId) };
  }

  async deleteWebhook({ orgId, webhookId }: { orgId: string; webhookId: string }) {
    const webhook = found(this.webhooks.find((each) => each.orgId === orgId && each.id === webhookId));
    this.webhooks = this.webhooks.filter((each) => each !== webhook);
    return {};
  }

  async testWebhook({ orgId, webhookId }: { orgId: string; webhookId: string }) {
    found(this.webhooks.find((each) => each.orgId === orgId && each.id === webhookId));
    return { isDelivered: false, problem: 'The receiver answered 500.' };
  }

  #find(orgId: string, budgetId: string) {
    return found(this.budgets.find((each) => each.orgId === orgId && each.id === budgetId));
  }
}

function found<T>(value: T | undefined): T {
  if (value === undefined) throw new AppError('not_found', 'There is no such thing.');
  return value;
}
