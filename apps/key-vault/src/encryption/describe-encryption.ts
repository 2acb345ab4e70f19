import type { OrgEncryptionMessage } from '@byok/contracts';
import type { OrgId } from '@byok/kernel';

import { CUSTOMERS } from '../deks/dek-memory.js';
import { faultOf } from '../kms/kms-fault.js';
import { findOrgKek } from '../store/org-kek.store.js';
import type { VaultDeps } from '../vault-deps.js';
import { ActorRequest } from '../wire/encryption-requests.js';
import { parse } from '../wire/parse.js';
import { reachEncryption } from './reach-encryption.js';

type Deps = Pick<VaultDeps, 'db' | 'kms' | 'clock'>;

/** How the keys of the actor's org are encrypted, and whether its KMS answers now. */
export async function orgEncryption(deps: Deps, message: unknown): Promise<OrgEncryptionMessage> {
  const principal = await reachEncryption(deps, parse(ActorRequest, message).actor, 'encryption:read');
  return describeEncryption(deps, principal.orgId);
}

export async function describeEncryption(deps: Deps, orgId: OrgId): Promise<OrgEncryptionMessage> {
  const [kek, { state, kekVersion, kekUri }] = await Promise.all([findOrgKek(deps.db, orgId), askKms(deps, orgId)]);
  const [counted] = await deps.db.query<{ all: string; elsewhere: string }>(
    `SELECT count(*) AS all, count(*) FILTER (WHERE kek_uri <> $2) AS elsewhere FROM vault.org_dek WHERE org_id = $1 AND state <> 'destroyed'`,
    [orgId, kekUri],
  );
  const isOwn = kek.kekUri !== null;
  return {
    ...{ isOwn, kekUri: kek.kekUri ?? '', kekVersion: isOwn ? kekVersion || kek.kekVersion : '', state, setAt: kek.setAt?.toISOString() ?? '', setBy: kek.setBy },
    ...{ dataKeys: Number(counted!.all), dataKeysElsewhere: Number(counted!.elsewhere) },
    ...{ sealedAt: kek.sealedAt?.toISOString() ?? '', sealedBy: kek.sealedBy, stopsWithinSeconds: isOwn ? CUSTOMERS.freshMs / 1000 : 0 },
  };
}

/** The operator's own KEK is the operator's business: its name and version stay out of the answer. */
async function askKms(deps: Deps, orgId: OrgId): Promise<Pick<OrgEncryptionMessage, 'state' | 'kekVersion' | 'kekUri'>> {
  try {
    const kms = await deps.kms.forOrg(orgId);
    const { healthy, kekVersion } = await kms.status().catch((error: unknown) => ({ healthy: faultOf(error) === 'unreachable' ? undefined : false, kekVersion: '' }));
    return { state: healthy === undefined ? 'unreachable' : healthy ? 'ok' : 'refused', kekVersion, kekUri: kms.uri };
  } catch {
    return { state: 'refused', kekVersion: '', kekUri: '' };
  }
}
