import type { BillingOfficeForAdmin, InvoiceHeadMessage, PriceRowMessage, PutPriceMessage } from '@byok/contracts';

type Asked<M extends keyof BillingOfficeForAdmin> = Parameters<BillingOfficeForAdmin[M]>[0];

const PRICE: PriceRowMessage = {
  ...{ id: 'prc_1', layer: 'override', orgId: '', provider: 'acme', model: 'm', rates: { input: '1' }, tiers: [], requestUsd: '0.00' },
  ...{ effectiveFrom: '2026-01-01T00:00:00.000Z', effectiveTo: '', source: 'a page', checksum: 'c' },
};
const HEAD: InvoiceHeadMessage = {
  ...{ id: 'inv_1', month: '2026-10', kind: 'invoice', status: 'final', number: 'INV-000001', totalUsd: '1.00', closingBalanceUsd: '4.00' },
  ...{ finalisedAt: '2026-11-01T00:00:00.000Z', sha256: { pdf: 'a'.repeat(64) } },
};
const RECONCILIATION = { id: 'rec_1', provider: 'openai', format: 'generic', from: '2026-10-01', to: '2026-10-02', rows: 1, theirsUsd: '1.00', createdAt: '2026-11-01T00:00:00.000Z', createdBy: 'usr_1' };

/** Answers as billing does, and remembers what was asked. */
export class OfficeStandIn implements BillingOfficeForAdmin {
  asked: { method: keyof BillingOfficeForAdmin; request: Record<string, unknown> }[] = [];

  #note(method: keyof BillingOfficeForAdmin, request: object): void {
    this.asked.push({ method, request: request as Record<string, unknown> });
  }

  async listPrices(request: Asked<'listPrices'>) {
    this.#note('listPrices', request);
    return { items: [PRICE, { ...PRICE, layer: 'contract', orgId: request.orgId }], next: '' };
  }
  async putPrice(request: PutPriceMessage) {
    this.#note('putPrice', request);
    return { ...PRICE, rates: request.rates, orgId: request.orgId, layer: request.orgId ? 'contract' : 'override' };
  }
  async importPrices(request: Asked<'importPrices'>) {
    this.#note('importPrices', request);
    return { source: 'list', checksum: 'c', dryRun: request.dryRun, isKnown: false, prices: 1, added: 1, withdrawn: 0, changes: [{ change: 'added', provider: 'acme', model: 'm', before: {}, after: { input: '1' } }] };
  }
  async rerate(request: Asked<'rerate'>) {
    this.#note('rerate', request);
    return { events: 1, changed: 0, unpriced: 0, adjustmentUsd: '0.00', journals: [], lines: [] };
  }
  async listInvoices(request: Asked<'listInvoices'>) {
    this.#note('listInvoices', request);
    return { items: [HEAD, { ...HEAD, id: 'inv_2', kind: 'credit_note', closingBalanceUsd: '' }], next: '' };
  }
  async getInvoice(request: Asked<'getInvoice'>) {
    this.#note('getInvoice', request);
    return { content: Buffer.from(request.format === 'json' ? '{"totalUsd":"1.00"}' : `the ${request.format}`), sha256: 'b'.repeat(64), fileName: `INV-000001.${request.format}`, status: 'final' };
  }
  async listInvoiceLineEvents(request: Asked<'listInvoiceLineEvents'>) {
    this.#note('listInvoiceLineEvents', request);
    const none = { requestId: '', provider: '', model: '', userId: '', groupId: '', priceId: '' };
    return { items: [{ ...none, id: 'jrn_1', kind: 'journal', journalId: 'jrn_1', at: '2026-10-01T00:00:00.000Z', markupBps: 1250, baseUsd: '0.00', markupUsd: '0.00', amountUsd: '1.00', note: 'a top-up' }], next: '' };
  }
  async finaliseInvoice(request: Asked<'finaliseInvoice'>) {
    this.#note('finaliseInvoice', request);
    return HEAD;
  }
  async createCreditNote(request: Asked<'createCreditNote'>) {
    this.#note('createCreditNote', request);
    const { month, amountUsd, reason, reference } = request;
    return { id: 'inv_2', number: 'CN-000001', invoiceNumber: 'INV-000001', month, amountUsd, reason, reference, journalId: 'jrn_2', createdAt: '2026-11-01T00:00:00.000Z' };
  }
  async importCostExport(request: Asked<'importCostExport'>) {
    this.#note('importCostExport', request);
    return RECONCILIATION;
  }
  async listReconciliations(request: Asked<'listReconciliations'>) {
    this.#note('listReconciliations', request);
    return { items: [RECONCILIATION], next: '' };
  }
  async getReconciliation(request: Asked<'getReconciliation'>) {
    this.#note('getReconciliation', request);
    return { reconciliation: RECONCILIATION, oursUsd: '0.90', differenceUsd: '0.10', items: [{ day: '2026-10-01', key: '', model: '', oursUsd: '0.90', theirsUsd: '1.00', differenceUsd: '0.10', unpricedEvents: 0 }], next: '' };
  }
  async postAdjustment(request: Asked<'postAdjustment'>) {
    this.#note('postAdjustment', request);
    const { orgId, amountUsd, reference } = request;
    return { journalId: 'jrn_3', orgId, amountUsd, reference, createdAt: '2026-11-01T00:00:00.000Z' };
  }
}
