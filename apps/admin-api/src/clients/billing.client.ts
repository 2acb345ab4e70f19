import type { BillingForAdmin, BudgetsForAdmin } from '@byok/contracts';
import { grpcClient, type Certificates, type GrpcClient } from '@byok/platform';

export type BillingClient = GrpcClient<BillingForAdmin & BudgetsForAdmin>;

export function openBillingClient(address: string, certificates: Certificates): BillingClient {
  return grpcClient<BillingForAdmin & BudgetsForAdmin>({ protocol: 'usage_billing', service: 'UsageBilling', address, serverName: 'usage-billing', certificates });
}
