import type { BillingForAdmin, BudgetsForAdmin, ReportsForAdmin } from '@byok/contracts';
import { grpcClient, type Certificates, type GrpcClient } from '@byok/platform';

export type BillingClient = GrpcClient<BillingForAdmin & BudgetsForAdmin & ReportsForAdmin>;

export function openBillingClient(address: string, certificates: Certificates): BillingClient {
  return grpcClient<BillingForAdmin & BudgetsForAdmin & ReportsForAdmin>({ protocol: 'usage_billing', service: 'UsageBilling', address, serverName: 'usage-billing', certificates });
}
