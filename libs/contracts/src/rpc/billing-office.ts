// The messages of the service BillingOffice in proto/usage_billing.proto as TypeScript sees them. Empty strings stand for none.

export type RatesMessage = Record<string, string>;
export interface PriceTierMessage {
  aboveInputTokens: number;
  rates: RatesMessage;
}
export interface PriceRowMessage {
  id: string;
  layer: string;
  orgId: string;
  provider: string;
  model: string;
  rates: RatesMessage;
  tiers: PriceTierMessage[];
  requestUsd: string;
  effectiveFrom: string;
  effectiveTo: string;
  source: string;
  checksum: string;
}
export interface ListPricesMessage {
  orgId: string;
  provider: string;
  model: string;
  at: string;
  after: string;
  limit: number;
}
export interface PutPriceMessage {
  orgId: string;
  provider: string;
  model: string;
  rates: RatesMessage;
  tiers: PriceTierMessage[];
  requestUsd: string;
  effectiveFrom: string;
  effectiveTo: string;
  source: string;
  actor: string;
}
export interface PriceChangeMessage {
  change: string;
  provider: string;
  model: string;
  before: RatesMessage;
  after: RatesMessage;
}
export interface PriceImportMessage {
  source: string;
  checksum: string;
  dryRun: boolean;
  isKnown: boolean;
  prices: number;
  added: number;
  withdrawn: number;
  changes: PriceChangeMessage[];
}
export interface RerateMessage {
  orgId: string;
  from: string;
  to: string;
  dryRun: boolean;
  actor: string;
}
export interface RerateLineMessage {
  provider: string;
  model: string;
  events: number;
  chargedUsd: string;
  rightUsd: string;
  adjustmentUsd: string;
}
export interface ReratingMessage {
  events: number;
  changed: number;
  unpriced: number;
  adjustmentUsd: string;
  journals: string[];
  lines: RerateLineMessage[];
}
export interface InvoiceHeadMessage {
  id: string;
  month: string;
  kind: string;
  status: string;
  number: string;
  totalUsd: string;
  closingBalanceUsd: string;
  finalisedAt: string;
  sha256: Record<string, string>;
}
export interface InvoiceFileMessage {
  content: Uint8Array;
  sha256: string;
  fileName: string;
  status: string;
}
export interface InvoiceLineEventMessage {
  id: string;
  kind: string;
  journalId: string;
  at: string;
  requestId: string;
  provider: string;
  model: string;
  userId: string;
  groupId: string;
  priceId: string;
  markupBps: number;
  baseUsd: string;
  markupUsd: string;
  amountUsd: string;
  note: string;
}
export interface CreditNoteMessage {
  id: string;
  number: string;
  invoiceNumber: string;
  month: string;
  amountUsd: string;
  reason: string;
  reference: string;
  journalId: string;
  createdAt: string;
}
export interface ReconciliationMessage {
  id: string;
  provider: string;
  format: string;
  from: string;
  to: string;
  rows: number;
  theirsUsd: string;
  createdAt: string;
  createdBy: string;
}
export interface VarianceMessage {
  day: string;
  key: string;
  model: string;
  oursUsd: string;
  theirsUsd: string;
  differenceUsd: string;
  unpricedEvents: number;
}
export interface ReconciliationReportMessage {
  reconciliation: ReconciliationMessage;
  oursUsd: string;
  differenceUsd: string;
  items: VarianceMessage[];
  next: string;
}
export interface AdjustmentMessage {
  journalId: string;
  orgId: string;
  amountUsd: string;
  reference: string;
  createdAt: string;
}

interface PageMessage<T> {
  items: T[];
  next: string;
}

export interface BillingOfficeForAdmin {
  listPrices(request: ListPricesMessage): Promise<PageMessage<PriceRowMessage>>;
  putPrice(request: PutPriceMessage): Promise<PriceRowMessage>;
  importPrices(request: { file: string; dryRun: boolean; actor: string }): Promise<PriceImportMessage>;
  rerate(request: RerateMessage): Promise<ReratingMessage>;
  listInvoices(request: { orgId: string; after: string; limit: number }): Promise<PageMessage<InvoiceHeadMessage>>;
  getInvoice(request: { orgId: string; orgName: string; month: string; format: string }): Promise<InvoiceFileMessage>;
  listInvoiceLineEvents(request: { orgId: string; month: string; line: number; after: string; limit: number }): Promise<PageMessage<InvoiceLineEventMessage>>;
  finaliseInvoice(request: { orgId: string; orgName: string; month: string; actor: string }): Promise<InvoiceHeadMessage>;
  createCreditNote(request: { orgId: string; month: string; amountUsd: string; reason: string; reference: string; actor: string }): Promise<CreditNoteMessage>;
  importCostExport(request: { provider: string; format: string; csv: string; keys: Record<string, string>; models: Record<string, string>; actor: string }): Promise<ReconciliationMessage>;
  listReconciliations(request: { after: string; limit: number }): Promise<PageMessage<ReconciliationMessage>>;
  getReconciliation(request: { id: string; by: readonly string[]; after: string; limit: number }): Promise<ReconciliationReportMessage>;
  postAdjustment(request: { reconciliationId: string; orgId: string; amountUsd: string; reason: string; reference: string; actor: string }): Promise<AdjustmentMessage>;
}
