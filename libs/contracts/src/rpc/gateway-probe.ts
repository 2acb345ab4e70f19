// The messages of proto/gateway_probe.proto as TypeScript sees them. Empty strings stand for none.

/** A key that is not stored: in plain, on its way from the caller to the gateway or the vault. */
export interface SecretMessage {
  provider: string;
  secret: string;
  config: Record<string, string>;
}

export interface StoredKeyMessage {
  tokenId: string;
  sessionId: string;
  keyId: string;
  version: number;
}

export interface ProbeResultMessage {
  outcome: string;
  message: string;
  latencyMs: number;
  modelSeen: string;
  balanceUsd: string;
}

export interface ConfigFieldMessage {
  name: string;
  required: boolean;
  secret: boolean;
  format: string;
  default: string;
}

export interface ProviderMessage {
  id: string;
  name: string;
  status: string;
  statusDetail: string;
  consoleUrl: string;
  docsUrl: string;
  pricesUrl: string;
  keyHint: string;
  configFields: ConfigFieldMessage[];
  capabilities: string[];
  models: string[];
  rateLimitHeaders: string[];
  aggregator: boolean;
  aliases: string[];
}

export interface ProbeForAdmin {
  probeSecret(request: SecretMessage): Promise<ProbeResultMessage>;
  probeKey(request: StoredKeyMessage): Promise<ProbeResultMessage>;
  checkSecret(request: SecretMessage): Promise<SecretMessage>;
  listProviders(request: Record<string, never>): Promise<{ items: ProviderMessage[] }>;
}
