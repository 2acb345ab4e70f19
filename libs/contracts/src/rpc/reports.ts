// Reports in proto/usage_billing.proto as TypeScript sees them. A report is a document: its question and answer are JSON, checked by the
// schemas of http/reports.ts on both sides, so that one more report is one more file.

export interface ReportRequestMessage {
  /** statement savings forecast providers calculation */
  report: string;
  orgId: string;
  from: string;
  to: string;
  /** Dimension → value: what of the org the asker may see. */
  filters: Record<string, string>;
  /** JSON: what is the report's own to ask. */
  question: string;
}

/** Empty `rules`: none were set. */
export interface ChargebackMessage {
  orgId: string;
  /** JSON of SetChargeback. */
  rules: string;
  actor: string;
}

export interface ReportsForAdmin {
  getReport(request: ReportRequestMessage): Promise<{ answer: string }>;
  getChargeback(request: { orgId: string }): Promise<ChargebackMessage>;
  setChargeback(request: ChargebackMessage): Promise<ChargebackMessage>;
}
