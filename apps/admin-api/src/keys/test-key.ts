import type { KeyTest, ProbeForAdmin, VaultForAdmin } from '@byok/contracts';
import { actorIds } from '../clients/vault.client.js';
import type { Principal } from '@byok/identity';
import { actorOf } from '../access/record-change.js';
import type { Limiter } from '../auth/limiters.js';
import { reachKey } from './reach-key.js';
import { limited } from './try-key.js';

export interface TestKeyDeps {
  probe: Pick<ProbeForAdmin, 'probeKey'>;
  probeLimiter: Limiter;
  vault: Pick<VaultForAdmin, 'getKey' | 'reportHealth'>;
}

/** Has the gateway try a stored key at its provider, and the vault write down what came of it. */
export async function testKey(deps: TestKeyDeps, principal: Principal, path: { key: string }): Promise<KeyTest> {
  const key = await reachKey(deps.vault, principal, 'key:test', path.key);
  const { tokenId = '', sessionId = '' } = actorIds(principal);
  const found = await limited(deps.probeLimiter, actorOf(principal), () => deps.probe.probeKey({ tokenId, sessionId, keyId: key.id, version: key.version }));
  const { outcome, message } = found;
  const tested = await deps.vault.reportHealth({ actor: actorIds(principal), keyId: key.id, outcome, reason: message });
  return {
    keyId: key.id,
    outcome: outcome as KeyTest['outcome'],
    message,
    latencyMs: found.latencyMs,
    modelSeen: found.modelSeen || null,
    balanceUsd: found.balanceUsd || null,
    status: tested.status,
  };
}
