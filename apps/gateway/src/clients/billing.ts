import type { BillingForGateway, KeyNotesForGateway } from '@byok/contracts';
import { grpcClient, type Certificates, type GrpcClient } from '@byok/platform';

export function connectBilling(options: { address: string; certificates: Certificates }): GrpcClient<BillingForGateway & KeyNotesForGateway> {
  return grpcClient<BillingForGateway & KeyNotesForGateway>({ protocol: 'usage_billing', service: 'UsageBilling', serverName: 'usage-billing', deadlineMs: 5_000, ...options });
}
