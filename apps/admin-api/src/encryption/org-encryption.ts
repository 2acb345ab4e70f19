import type { OrgEncryption, OrgEncryptionMessage, SetOrgEncryption, VaultForAdmin } from '@byok/contracts';
import type { Principal } from '@byok/identity';
import { demand, orgOf } from '../access/demand.js';
import { actorIds } from '../clients/vault.client.js';

type Deps = { vault: Pick<VaultForAdmin, 'orgEncryption' | 'setOrgKek' | 'sealOrg' | 'unsealOrg'> };

export async function readOrgEncryption({ vault }: Deps, principal: Principal, orgId: string): Promise<OrgEncryption> {
  demand(principal, 'encryption:read', { org: orgOf(principal, orgId), owner: 'org' });
  return encryptionToWire(orgId, await vault.orgEncryption({ actor: actorIds(principal) }));
}

/** Puts the org's data keys under a KEK of its own, or back under the operator's. The vault proves the KEK and writes the audit. */
export async function setOrgEncryption({ vault }: Deps, principal: Principal, orgId: string, { kekUri }: SetOrgEncryption): Promise<OrgEncryption> {
  demand(principal, 'encryption:update', { org: orgOf(principal, orgId), owner: 'org' });
  return encryptionToWire(orgId, await vault.setOrgKek({ actor: actorIds(principal), kekUri: kekUri ?? '' }));
}

/** Stops everything that needs a key of the org, running calls included, until it is unsealed. */
export async function sealOrgKeys({ vault }: Deps, principal: Principal, orgId: string): Promise<OrgEncryption> {
  demand(principal, 'encryption:seal', { org: orgOf(principal, orgId), owner: 'org' });
  return encryptionToWire(orgId, await vault.sealOrg({ actor: actorIds(principal) }));
}

export async function unsealOrgKeys({ vault }: Deps, principal: Principal, orgId: string): Promise<OrgEncryption> {
  demand(principal, 'encryption:seal', { org: orgOf(principal, orgId), owner: 'org' });
  return encryptionToWire(orgId, await vault.unsealOrg({ actor: actorIds(principal) }));
}

function encryptionToWire(orgId: string, { isOwn, state, ...told }: OrgEncryptionMessage): OrgEncryption {
  return {
    org: orgId,
    kek: {
      ...{ holder: isOwn ? 'organisation' : 'operator', uri: told.kekUri || null, version: told.kekVersion || null, state },
      ...{ setAt: told.setAt || null, setBy: told.setBy || null, stopsWithinSeconds: told.stopsWithinSeconds || null },
    },
    dataKeys: { total: told.dataKeys, elsewhere: told.dataKeysElsewhere },
    sealed: told.sealedAt ? { at: told.sealedAt, by: told.sealedBy } : null,
  };
}
