// The messages of proto/usage_billing.proto that are about budgets, alerts and webhooks. Empty strings stand for none; money is decimal USD.

export interface BudgetMessage {
  id: string;
  orgId: string;
  name: string;
  scope: string;
  scopeId: string;
  amountUsd: string;
  period: string;
  timeZone: string;
  isHard: boolean;
  isShadow: boolean;
  includesOwnKeys: boolean;
  thresholds: readonly number[];
  status: string;
  createdBy: string;
  createdAt: string;
  spentUsd: string;
  heldUsd: string;
  remainingUsd: string;
  windowStart: string;
  resetsAt: string;
  wouldRefuse: number;
}

export type CreateBudgetMessage = Pick<
  BudgetMessage,
  'id' | 'orgId' | 'name' | 'scope' | 'scopeId' | 'amountUsd' | 'period' | 'timeZone' | 'isHard' | 'isShadow' | 'includesOwnKeys' | 'thresholds' | 'createdBy'
> & { mailTo: string };

/** Absent fields stay as they are. */
export interface UpdateBudgetMessage extends Partial<Pick<BudgetMessage, 'name' | 'amountUsd' | 'period' | 'timeZone' | 'isHard' | 'isShadow' | 'includesOwnKeys' | 'status'>> {
  orgId: string;
  budgetId: string;
  thresholds?: { percent: readonly number[] };
}

export interface BudgetIdMessage {
  orgId: string;
  budgetId: string;
}

export interface ListBudgetsMessage {
  orgId: string;
  after: string;
  limit: number;
  /** Budgets of these groups and users only; all of the org's when `isEverything`. */
  subjects: readonly string[];
  isEverything: boolean;
}

export interface AlertMessage {
  id: string;
  kind: string;
  subject: string;
  text: string;
  factsJson: string;
  createdAt: string;
  acknowledgedAt: string;
  acknowledgedBy: string;
  deliveries: readonly { to: string; status: string; attempts: number; problem: string }[];
}

export interface AlertSettingsMessage {
  orgId: string;
  mailTo: readonly string[];
  lowBalanceUsd: string;
}

export interface WebhookMessage {
  id: string;
  name: string;
  format: string;
  host: string;
  kinds: readonly string[];
  createdBy: string;
  createdAt: string;
  /** Only in the answer to its creation. */
  secret: string;
}

export interface BudgetsForAdmin {
  createBudget(request: CreateBudgetMessage): Promise<BudgetMessage>;
  updateBudget(request: UpdateBudgetMessage): Promise<BudgetMessage>;
  getBudget(request: BudgetIdMessage): Promise<BudgetMessage>;
  listBudgets(request: ListBudgetsMessage): Promise<{ items: readonly BudgetMessage[]; next: string }>;
  deleteBudget(request: BudgetIdMessage): Promise<object>;
  listAlerts(request: { orgId: string; after: string; limit: number; isOpen: boolean }): Promise<{ items: readonly AlertMessage[]; next: string }>;
  acknowledgeAlert(request: { orgId: string; alertId: string; by: string }): Promise<AlertMessage>;
  getAlertSettings(request: { orgId: string }): Promise<AlertSettingsMessage>;
  setAlertSettings(request: AlertSettingsMessage): Promise<AlertSettingsMessage>;
  createWebhook(request: { orgId: string; name: string; format: string; url: string; kinds: readonly string[]; createdBy: string }): Promise<WebhookMessage>;
  listWebhooks(request: { orgId: string }): Promise<{ items: readonly WebhookMessage[] }>;
  deleteWebhook(request: { orgId: string; webhookId: string }): Promise<object>;
  testWebhook(request: { orgId: string; webhookId: string }): Promise<{ isDelivered: boolean; problem: string }>;
}
