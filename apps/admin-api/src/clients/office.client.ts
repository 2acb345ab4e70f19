import type { BillingOfficeForAdmin } from '@byok/contracts';
import { grpcClient, type Certificates, type GrpcClient } from '@byok/platform';

export type OfficeClient = GrpcClient<BillingOfficeForAdmin>;

/** A month of an org is closed, and charged anew, in one call: longer than any question takes. */
const OFFICE_DEADLINE_MS = 55_000;

export function openOfficeClient(address: string, certificates: Certificates): OfficeClient {
  return grpcClient<BillingOfficeForAdmin>({ protocol: 'usage_billing', service: 'BillingOffice', address, serverName: 'usage-billing', certificates, deadlineMs: OFFICE_DEADLINE_MS });
}
