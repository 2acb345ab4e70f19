// The messages of proto/usage_billing.proto as TypeScript sees them. Empty strings stand for none or unknown.

export interface UsageRequestMessage {
  orgId: string;
  from: string;
  to: string;
  groupBy: readonly string[];
  filters: Record<string, string>;
  after: string;
  limit: number;
  latency?: boolean;
}

/** Milliseconds. */
export interface PercentilesMessage {
  p50: number;
  p95: number;
}

export interface UsageItemMessage {
  by: Record<string, string>;
  requests: number;
  inputTokens: number;
  cachedTokens: number;
  outputTokens: number;
  reasoningTokens: number;
  totalTokens: number;
  costUsd: string;
  chargedUsd: string;
  estimatedRequests: number;
  unpricedRequests: number;
  knownCostUsd: string;
  attempts: number;
  okAttempts: number;
  firstByteMs: PercentilesMessage | null;
  totalMs: PercentilesMessage | null;
}

export interface UsageReportMessage {
  items: UsageItemMessage[];
  next: string;
  source: string;
}

export interface BillingForAdmin {
  getUsage(request: UsageRequestMessage): Promise<UsageReportMessage>;
}

export interface TakeHoldMessage {
  /** The attempt's usage event, and the hold's own id. */
  eventId: string;
  requestId: string;
  orgId: string;
  groupId: string;
  userId: string;
  tokenId: string;
  keyId: string;
  keyOwner: string;
  provider: string;
  /** As it is called upstream. */
  model: string;
  endpoint: string;
  /** An upper bound. */
  inputTokens: number;
  /** 0: the caller said nothing. */
  maxOutputTokens: number;
  /** 0 is 1. */
  choices: number;
  tags: Record<string, string>;
  /** The request cannot write a prompt cache; false, the dearest write is assumed. */
  writesNoCache: boolean;
  /** The request neither sends nor asks for audio; false, the dearest audio rate is assumed. */
  hasNoAudio: boolean;
}

export interface HoldReplyMessage {
  /** To be sent upstream, per choice; 0: what the caller said stands. */
  maxOutputTokens: number;
  /** The most that credits are charged. */
  heldUsd: string;
  leaseMs: number;
}

/** `lines` is empty when the asker knows this version already. */
export interface PriceSnapshotMessage {
  version: string;
  lines: string;
}

/** What is known of a key apart from calls. */
export interface KeyNoteMessage {
  orgId: string;
  keyId: string;
  ownerType: string;
  ownerId: string;
  provider: string;
  what: string;
  at: string;
  detail: string;
}

/** For the one gateway whose turn it is. */
export interface KeyNotesForGateway {
  noteKeys(request: { items: readonly KeyNoteMessage[] }): Promise<object>;
}

export interface BillingForGateway {
  getPrices(request: { knownVersion: string }): Promise<PriceSnapshotMessage>;
  takeHold(request: TakeHoldMessage): Promise<HoldReplyMessage>;
  extendHolds(request: { eventIds: readonly string[] }): Promise<object>;
  releaseHold(request: { eventId: string }): Promise<object>;
}
