import { testAuthority } from '@byok/testing';
import type { BillingForAdmin, ExplainMessage, ExplanationMessage, ProbeForAdmin, ProviderMessage, SecretMessage, UsageRequestMessage } from '@byok/contracts';
import { type BillingClient, openBillingClient } from '../clients/billing.client.js';
import { type OfficeClient, openOfficeClient } from '../clients/office.client.js';
import { type ProbeClient, openProbeClient } from '../clients/probe.client.js';
import { type VaultClient, openVaultClient } from '../clients/vault.client.js';
import { AppError, type Clock } from '@byok/kernel';
import type { Database } from '@byok/platform';
import { grpcStandIn } from './grpc-stand-in.js';
import { OfficeStandIn } from './office-stand-in.js';
import { CreditsStandIn } from './credits-stand-in.js';
import { VaultStandIn } from './vault-stand-in.js';

const field = (name: string, secret: boolean) => ({ name, required: true, secret, format: '', default: '' });
const provider = (id: string, name: string, configFields: ProviderMessage['configFields']): ProviderMessage => ({
  ...{ id, name, configFields, status: 'active', statusDetail: '', consoleUrl: '', docsUrl: '', pricesUrl: '', keyHint: '', aggregator: false, aliases: id === 'openai' ? ['oai'] : [] },
  ...{ capabilities: ['chat'], models: [], rateLimitHeaders: [], environment: {} },
});

/** A gateway whose providers find every key good, but those that begin with `sk-bad`. */
export class ProbeStandIn implements ProbeForAdmin {
  probed: string[] = [];

  async checkSecret({ provider: id, secret, config }: SecretMessage): Promise<SecretMessage> {
    if (/[\r\n]/.test(secret)) throw new AppError('key_malformed', 'The key contains a line break.');
    if (id === 'openai' && secret.startsWith('sk-ant-')) throw new AppError('key_wrong_provider', 'This looks like a key of Anthropic.');
    return { provider: id, secret: secret.trim(), config };
  }

  async probeSecret({ secret }: SecretMessage) {
    this.probed.push(secret);
    return { outcome: secret.startsWith('sk-bad') ? 'invalid' : 'valid', message: 'as the spec says', latencyMs: 1, modelSeen: '', balanceUsd: '' };
  }

  async probeKey() {
    return { outcome: 'valid', message: 'works', latencyMs: 3, modelSeen: 'gpt-x', balanceUsd: '' };
  }

  explained: ExplainMessage[] = [];

  async explain(request: ExplainMessage): Promise<ExplanationMessage> {
    this.explained.push(request);
    const candidate = { keyId: '', ownerType: 'platform', ownerId: '', provider: 'openai', model: request.model, upstreamModel: request.model, attempt: 1, reason: '', detail: 'Kept.', estimatedCostUsd: '' };
    return { models: [request.model], task: '', taskBecause: '', order: 'priority', notes: [], candidates: [candidate], errorCode: '', errorMessage: '', inputTokens: 9, outputTokens: 500 };
  }

  async listProviders() {
    return { items: [provider('openai', 'OpenAI', [{ ...field('organization', false), required: false }]), provider('azure', 'Azure OpenAI', [field('endpoint_url', false), field('api_key', true)])] };
  }
}

/** Answers one line of usage for whatever is asked, and remembers what was asked. */
export class BillingStandIn extends CreditsStandIn implements BillingForAdmin {
  asked: UsageRequestMessage[] = [];

  async getUsage(request: UsageRequestMessage) {
    this.asked.push(request);
    const by = Object.fromEntries(request.groupBy.map((dimension) => [dimension, dimension === 'group' ? '' : `a ${dimension}`]));
    const counts = { requests: 7, attempts: 8, okAttempts: 6, inputTokens: 10, cachedTokens: 4, outputTokens: 5, reasoningTokens: 1, totalTokens: 15, estimatedRequests: 0, unpricedRequests: 1 };
    return { items: [{ by, ...counts, costUsd: '', chargedUsd: '0.00', knownCostUsd: '0.01', firstByteMs: null, totalMs: { p50: 5, p95: 9 } }], next: '', source: 'rollups' };
  }
}

export interface Neighbours {
  vault: VaultStandIn;
  probe: ProbeStandIn;
  billing: BillingStandIn;
  office: OfficeStandIn;
  clients: { vault: VaultClient; probe: ProbeClient; billing: BillingClient; office: OfficeClient };
  /** Kills one of them. */
  stop(name: 'vault' | 'probe' | 'billing'): void;
  close(): void;
}

/** The three services that admin-api talks to, each behind its real protocol and mutual TLS. */
export async function startNeighbours(deps: { db: Database; clock: Clock }): Promise<Neighbours> {
  const sign = await testAuthority();
  const [vault, probe, billing, office] = [new VaultStandIn(deps), new ProbeStandIn(), new BillingStandIn(), new OfficeStandIn()];
  const servers = {
    vault: await grpcStandIn('key_vault', ['byok', 'vault', 'KeyVault'], vault, await sign('key-vault')),
    probe: await grpcStandIn('gateway_probe', ['byok', 'probe', 'GatewayProbe'], probe, await sign('gateway')),
    billing: await grpcStandIn('usage_billing', ['byok', 'billing', 'UsageBilling'], billing, await sign('usage-billing')),
    office: await grpcStandIn('usage_billing', ['byok', 'billing', 'BillingOffice'], office, await sign('usage-billing')),
  };
  const own = await sign('admin-api');
  const clients = { vault: openVaultClient(servers.vault.address, own), probe: openProbeClient(servers.probe.address, own), billing: openBillingClient(servers.billing.address, own), office: openOfficeClient(servers.office.address, own) };
  const close = (): void => {
    for (const client of Object.values(clients)) client.close();
    for (const server of Object.values(servers)) server.close();
  };
  return { vault, probe, billing, office, clients, close, stop: (name) => servers[name].close() };
}
