import type { KekStateMessage, PlatformEncryption, VaultForAdmin } from '@byok/contracts';
import type { Principal } from '@byok/identity';
import { demand } from '../access/demand.js';
import { actorIds } from '../clients/vault.client.js';

type Deps = { vault: Pick<VaultForAdmin, 'startRewrap' | 'rewrapStatus'> };

/** Begins to wrap every data key under the KEK that its org should have. The vault writes it into the operator's audit chain. */
export async function rewrapDataKeys({ vault }: Deps, principal: Principal): Promise<PlatformEncryption> {
  demand(principal, 'encryption:rotate', { org: 'platform', owner: 'platform' });
  return keksToWire(await vault.startRewrap({ actor: actorIds(principal) }));
}

export async function readPlatformEncryption({ vault }: Deps, principal: Principal): Promise<PlatformEncryption> {
  demand(principal, 'encryption:read', { org: 'platform', owner: 'platform' });
  return keksToWire(await vault.rewrapStatus({ actor: actorIds(principal) }));
}

function keksToWire({ running, total, left, percent, startedAt, finishedAt, lastError, keks, shreds, problems }: KekStateMessage): PlatformEncryption {
  return {
    rewrap: { running, total, left, percent, startedAt: startedAt || null, finishedAt: finishedAt || null, lastError: lastError || null },
    keks: keks.map((kek) => ({ ...kek, inBackupsUntil: kek.inBackupsUntil || null })),
    problems,
    erasures: shreds.map(({ orgId, deletedAt, isDone, ...times }) => ({ org: orgId, deletedAt: deletedAt || null, isUnreadable: isDone, ...times })),
  };
}
