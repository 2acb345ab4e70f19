// The messages of proto/usage_billing.proto as TypeScript sees them. Empty strings stand for none or unknown.

export interface UsageRequestMessage {
  orgId: string;
  from: string;
  to: string;
  groupBy: readonly string[];
  filters: Record<string, string>;
  after: string;
  limit: number;
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
}

export interface UsageReportMessage {
  items: UsageItemMessage[];
  next: string;
}

export interface BillingForAdmin {
  getUsage(request: UsageRequestMessage): Promise<UsageReportMessage>;
}
