import type { CompatValidated, CompatValidateKey, ProbeForAdmin } from '@byok/contracts';
import type { Principal } from '@byok/identity';
import { appendAudit, type Database } from '@byok/platform';
import { actorOf } from '../access/record-change.js';
import type { Limiter } from '../auth/limiters.js';
import type { Catalogue } from '../clients/catalogue.js';
import { splitFields } from '../keys/split-fields.js';
import { limited } from '../keys/try-key.js';

export interface ValidateKeyDeps {
  db: Database;
  catalogue: Pick<Catalogue, 'find'>;
  probe: Pick<ProbeForAdmin, 'probeSecret' | 'checkSecret'>;
  probeLimiter: Limiter;
}

/** Tries a key that is stored nowhere. It is counted and written down like a test of a stored one: a thief would test here. */
export async function validateKey(deps: ValidateKeyDeps, principal: Principal, input: CompatValidateKey): Promise<CompatValidated> {
  const provider = await deps.catalogue.find(input.provider);
  const checked = await deps.probe.checkSecret(splitFields(provider, input.apiKey, input.config));
  const { outcome, message, latencyMs, balanceUsd } = await limited(deps.probeLimiter, actorOf(principal), () => deps.probe.probeSecret(checked));
  const details = { outcome, ...(principal.tokenId ? { tokenId: principal.tokenId } : {}) };
  await deps.db.transaction((tx) => appendAudit(tx, 'identity.audit', { orgId: principal.orgId, action: 'key.validate', actorId: actorOf(principal), targetId: provider.id, outcome: 'allowed', details }));
  return { success: true, provider: provider.id, valid: outcome === 'valid', outcome: outcome as CompatValidated['outcome'], message, latencyMs, balanceUsd: balanceUsd || null };
}
