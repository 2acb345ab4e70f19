import type { Rotation, RotationMessage, VaultForAdmin } from '@byok/contracts';
import type { Principal } from '@byok/identity';
import { demand, orgOf } from '../access/demand.js';
import { actorIds } from '../clients/vault.client.js';

type Deps = { vault: Pick<VaultForAdmin, 'startRotation' | 'rotationStatus'> };

/** Begins to give an org a new data key. The vault writes it into the org's audit chain. */
export async function rotateOrgDataKey({ vault }: Deps, principal: Principal, orgId: string): Promise<Rotation> {
  demand(principal, 'encryption:rotate', { org: orgOf(principal, orgId), owner: 'org' });
  return rotationToWire(await vault.startRotation({ actor: actorIds(principal), scope: 'org' }));
}

export async function readOrgRotation({ vault }: Deps, principal: Principal, orgId: string): Promise<Rotation> {
  demand(principal, 'encryption:read', { org: orgOf(principal, orgId), owner: 'org' });
  return rotationToWire(await vault.rotationStatus({ actor: actorIds(principal), scope: 'org' }));
}

/** The same for the platform's own keys. */
export async function rotatePlatformDataKey({ vault }: Deps, principal: Principal): Promise<Rotation> {
  demand(principal, 'encryption:rotate', { org: 'platform', owner: 'platform' });
  return rotationToWire(await vault.startRotation({ actor: actorIds(principal), scope: 'platform' }));
}

export async function readPlatformRotation({ vault }: Deps, principal: Principal): Promise<Rotation> {
  demand(principal, 'encryption:read', { org: 'platform', owner: 'platform' });
  return rotationToWire(await vault.rotationStatus({ actor: actorIds(principal), scope: 'platform' }));
}

function rotationToWire({ pendingVersion, versions, shredGraceDays, backupDays, ...rest }: RotationMessage): Rotation {
  return {
    ...rest,
    pendingVersion: pendingVersion || null,
    versions: versions.map((each) => ({ ...each, state: each.state as Rotation['versions'][number]['state'], destroyAfter: each.destroyAfter || null })),
    erasure: { graceDays: shredGraceDays, backupDays },
  };
}
