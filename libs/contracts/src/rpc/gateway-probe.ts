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
  environment: Record<string, string>;
}

export interface ExplainMessage {
  tokenId: string;
  sessionId: string;
  model: string;
  endpoint: string;
  task: string;
  body: Uint8Array;
}

export interface ExplainedKeyMessage {
  keyId: string;
  ownerType: string;
  ownerId: string;
  provider: string;
  model: string;
  upstreamModel: string;
  /** 0: not tried. */
  attempt: number;
  reason: string;
  detail: string;
  estimatedCostUsd: string;
}

export interface ExplanationMessage {
  models: string[];
  task: string;
  taskBecause: string;
  order: string;
  notes: string[];
  candidates: ExplainedKeyMessage[];
  errorCode: string;
  errorMessage: string;
  inputTokens: number;
  outputTokens: number;
}

export interface ProbeForAdmin {
  probeSecret(request: SecretMessage): Promise<ProbeResultMessage>;
  probeKey(request: StoredKeyMessage): Promise<ProbeResultMessage>;
  checkSecret(request: SecretMessage): Promise<SecretMessage>;
  explain(request: ExplainMessage): Promise<ExplanationMessage>;
  listProviders(request: Record<string, never>): Promise<{ items: ProviderMessage[] }>;
}
