import type { ChargebackMessage, ReportRequestMessage, ReportsForAdmin } from '@byok/contracts';
import { BudgetsStandIn } from './budgets-stand-in.js';

/** Answers what a spec puts in `answers`, remembers what was asked, and keeps chargeback rules in memory. */
export class ReportsStandIn extends BudgetsStandIn implements ReportsForAdmin {
  readonly answers = new Map<string, object>();
  readonly reports: ReportRequestMessage[] = [];
  readonly #rules = new Map<string, ChargebackMessage>();

  async getReport(request: ReportRequestMessage): Promise<{ answer: string }> {
    this.reports.push(request);
    return { answer: JSON.stringify(this.answers.get(request.report)) };
  }

  async getChargeback({ orgId }: { orgId: string }): Promise<ChargebackMessage> {
    return this.#rules.get(orgId) ?? { orgId, rules: '', actor: '' };
  }

  async setChargeback(chargeback: ChargebackMessage): Promise<ChargebackMessage> {
    this.#rules.set(chargeback.orgId, chargeback);
    return chargeback;
  }
}
