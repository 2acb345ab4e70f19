import type { ProbeResultMessage, StoredKeyMessage, VaultForGateway } from '@byok/contracts';
import { newId, Secret } from '@byok/kernel';
import { probeLive, type ProbeDeps } from '../upstream/probe-live.js';
import { knownProvider } from './probe-secret.js';

/** Tries a stored key. The vault decides by the actor's ids whether it may be opened for them. */
export async function probeKey(deps: ProbeDeps & { vault: VaultForGateway }, request: StoredKeyMessage): Promise<ProbeResultMessage> {
  const actor = { tokenId: request.tokenId, sessionId: request.sessionId };
  const opened = await deps.vault.openKey({ actor, keyId: request.keyId, version: request.version, requestId: newId('request'), purpose: 'probe' });
  return probeLive(knownProvider(opened.provider), new Secret(opened.secret), opened.config, deps);
}
