import { newId, Secret } from '@byok/kernel';
import type { Vault } from '../clients/vault.js';
import { probeLive, type ProbeDeps, type ProbeResult } from '../upstream/probe-live.js';
import { knownProvider } from './probe-secret.js';

export interface KeyToProbe {
  tokenId: string;
  sessionId: string;
  keyId: string;
  version: number;
}

/** Tries a stored key. The vault decides by the actor's ids whether it may be opened for them. */
export async function probeKey(deps: ProbeDeps & { vault: Vault }, request: KeyToProbe): Promise<ProbeResult> {
  const actor = { tokenId: request.tokenId, sessionId: request.sessionId };
  const opened = await deps.vault.openKey({ actor, keyId: request.keyId, version: request.version, requestId: newId('request'), purpose: 'probe' });
  return probeLive(knownProvider(opened.provider), new Secret(opened.secret), opened.config, deps);
}
