// The messages about credits of proto/usage_billing.proto as TypeScript sees them. Empty strings stand for none.

export interface LotMessage {
  id: string;
  kind: string;
  amountUsd: string;
  remainingUsd: string;
  expiresAt: string;
  note: string;
  createdBy: string;
  createdAt: string;
}

export interface CreditsMessage {
  balanceUsd: string;
  heldUsd: string;
  availableUsd: string;
  /** In the order in which they are burnt. */
  lots: readonly LotMessage[];
}

export interface GrantCreditsMessage {
  orgId: string;
  amountUsd: string;
  kind: string;
  expiresAt: string;
  note: string;
  idempotencyKey: string;
  createdBy: string;
}

export interface JournalMessage {
  id: string;
  kind: string;
  bookedAt: string;
  reverses: string;
  /** JSON. */
  ref: string;
  lines: readonly { account: string; amountUsd: string }[];
}

export interface JournalPageMessage {
  items: readonly JournalMessage[];
  next: string;
}

export interface RefundRequestMessage {
  orgId: string;
  eventId: string;
  /** Empty: everything that was not refunded yet. */
  amountUsd: string;
  note: string;
  idempotencyKey: string;
  createdBy: string;
}

export interface RefundMessage {
  /** Of the journal. */
  id: string;
  eventId: string;
  amountUsd: string;
}

export interface CreditsForAdmin {
  getCredits(request: { orgId: string }): Promise<CreditsMessage>;
  grantCredits(request: GrantCreditsMessage): Promise<LotMessage>;
  listJournal(request: { orgId: string; after: string; limit: number }): Promise<JournalPageMessage>;
  refundCharge(request: RefundRequestMessage): Promise<RefundMessage>;
}
