import { grpcClient, type Certificates, type GrpcClient } from '@byok/platform';

export interface Probe {
  outcome: string;
  message: string;
  latencyMs: number;
  modelSeen: string;
  balanceUsd: string;
}

export interface PresentedSecret {
  provider: string;
  /** The plaintext on its way from the caller to the gateway and the vault; kept nowhere here. */
  secret: string;
  config: Record<string, string>;
}

export interface ConfigField {
  name: string;
  required: boolean;
  secret: boolean;
  format: string;
  default: string;
}

export interface CatalogueProvider {
  id: string;
  name: string;
  status: string;
  statusDetail: string;
  consoleUrl: string;
  docsUrl: string;
  keyHint: string;
  configFields: ConfigField[];
  capabilities: string[];
  models: string[];
  aggregator: boolean;
  aliases: string[];
}

export interface ProbeMethods {
  probeSecret(request: PresentedSecret): Promise<Probe>;
  probeKey(request: { tokenId: string; sessionId: string; keyId: string; version: number }): Promise<Probe>;
  checkSecret(request: PresentedSecret): Promise<PresentedSecret>;
  listProviders(request: Record<string, never>): Promise<{ items: CatalogueProvider[] }>;
}
export type ProbeClient = GrpcClient<ProbeMethods>;

/** A provider may take its time to say no; longer than a call's own limit makes no sense. */
const PROBE_DEADLINE_MS = 30_000;

export function openProbeClient(address: string, certificates: Certificates): ProbeClient {
  return grpcClient<ProbeMethods>({ protocol: 'gateway_probe', service: 'GatewayProbe', address, serverName: 'gateway', certificates, deadlineMs: PROBE_DEADLINE_MS });
}
