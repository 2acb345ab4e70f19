import type { ProbeForAdmin } from '@byok/contracts';
import { grpcClient, type Certificates, type GrpcClient } from '@byok/platform';

export type ProbeClient = GrpcClient<ProbeForAdmin>;

/** A provider may take its time to say no; longer than a call's own limit makes no sense. */
const PROBE_DEADLINE_MS = 30_000;

export function openProbeClient(address: string, certificates: Certificates): ProbeClient {
  return grpcClient<ProbeForAdmin>({ protocol: 'gateway_probe', service: 'GatewayProbe', address, serverName: 'gateway', certificates, deadlineMs: PROBE_DEADLINE_MS });
}
