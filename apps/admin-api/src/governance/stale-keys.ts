import type { KeyMessage, StaleKeys, StaleKeysQuery, VaultForAdmin } from '@byok/contracts';
import { listLeavers, namesIn, type Principal } from '@byok/identity';
import { toCsv, type Clock } from '@byok/kernel';
import type { Database } from '@byok/platform';
import { demand, orgOf } from '../access/demand.js';
import { everyKey } from './every-key.js';

export interface StaleKeysDeps {
  db: Database;
  clock: Clock;
  vault: Pick<VaultForAdmin, 'listKeys'>;
}

type Item = StaleKeys['items'][number];
const DAY_MS = 86_400_000;

/** Keys that nobody called with for so many days, the longest unused first. One that was never used counts from the day it was brought. */
export async function staleKeys(deps: StaleKeysDeps, principal: Principal, path: { org: string }, { days }: StaleKeysQuery): Promise<StaleKeys> {
  const org = orgOf(principal, path.org);
  demand(principal, 'review:read', { org });
  const now = deps.clock.now();
  const [keys, names, leavers] = await Promise.all([everyKey(deps.vault, principal), namesIn(deps.db, org), listLeavers(deps.db, org)]);
  const gone = new Set<string>(leavers.map(({ id }) => id));
  const items = keys
    .map((key) => ({ key, idleMs: now - Date.parse(key.lastUsedAt || key.createdAt) }))
    .filter(({ idleMs }) => idleMs >= days * DAY_MS)
    .sort((one, other) => other.idleMs - one.idleMs)
    .map(({ key, idleMs }) => itemOf(key, Math.floor(idleMs / DAY_MS), names.get(key.owner.id) ?? '', gone.has(key.owner.id)));
  return { before: new Date(now - days * DAY_MS).toISOString(), items };
}

export async function staleKeysCsv(deps: StaleKeysDeps, principal: Principal, path: { org: string }, query: StaleKeysQuery): Promise<string> {
  const { items } = await staleKeys(deps, principal, path, query);
  return toCsv([
    ['keyId', 'label', 'provider', 'ownerType', 'ownerId', 'ownerName', 'status', 'createdAt', 'lastUsedAt', 'idleDays', 'todo'],
    ...items.map((item) => [item.keyId, item.label, item.provider, item.owner.type, item.owner.id, item.ownerName, item.status, item.createdAt, item.lastUsedAt, item.idleDays, item.todo]),
  ]);
}

function itemOf(key: KeyMessage, idleDays: number, ownerName: string, isOwnerGone: boolean): Item {
  const { id: keyId, label, provider, status, createdAt } = key;
  const owner = key.owner as Item['owner'];
  return { keyId, label, provider, owner, ownerName, status, createdAt, lastUsedAt: key.lastUsedAt || null, idleDays, todo: todoOf(key, isOwnerGone) };
}

function todoOf({ id, lastUsedAt }: KeyMessage, isOwnerGone: boolean): string {
  if (isOwnerGone) return `Its owner is gone: revoke it (DELETE /api/keys/${id}), and at its provider.`;
  return lastUsedAt === '' ? `Nobody ever called with it: revoke it (DELETE /api/keys/${id}), and at its provider.` : `Ask its owner; seal it for a week (POST /api/keys/${id}/seal); nobody missed it: revoke it.`;
}
