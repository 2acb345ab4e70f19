import type { BillingForAdmin, BudgetsForAdmin, CreditsForAdmin, ReportsForAdmin } from '@byok/contracts';
import { grpcClient, type Certificates, type GrpcClient } from '@byok/platform';

export type BillingClient = GrpcClient<BillingForAdmin & BudgetsForAdmin & CreditsForAdmin & ReportsForAdmin>;

export function openBillingClient(address: string, certificates: Certificates): BillingClient {
  return grpcClient<BillingForAdmin & BudgetsForAdmin & CreditsForAdmin & ReportsForAdmin>({ protocol: 'usage_billing', service: 'UsageBilling', address, serverName: 'usage-billing', certificates });
}
