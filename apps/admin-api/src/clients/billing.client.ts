import { grpcClient, type Certificates, type GrpcClient } from '@byok/platform';

export interface BillingUsageRequest {
  orgId: string;
  from: string;
  to: string;
  groupBy: readonly string[];
  filters: Record<string, string>;
  after: string;
  limit: number;
}

/** usage_billing.proto, UsageItem. Empty strings stand for none or unknown. */
export interface BillingUsageItem {
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

export interface BillingMethods {
  getUsage(request: BillingUsageRequest): Promise<{ items: BillingUsageItem[]; next: string }>;
}
export type BillingClient = GrpcClient<BillingMethods>;

export function openBillingClient(address: string, certificates: Certificates): BillingClient {
  return grpcClient<BillingMethods>({ protocol: 'usage_billing', service: 'UsageBilling', address, serverName: 'usage-billing', certificates });
}
