import type { BillingForAdmin, BlastRadius, KeyMessage, KeyUseMessage, VaultForAdmin } from '@byok/contracts';
import { getGroup, listCovered, listGroups, listTokensWithin, type Cover, type Principal } from '@byok/identity';
import { AppError, type Clock, type GroupId, type OrgId, type UserId } from '@byok/kernel';
import type { Database } from '@byok/platform';
import { actorIds } from '../clients/vault.client.js';
import { keyToWire } from '../keys/key-to-wire.js';
import { reachKey } from '../keys/reach-key.js';

export interface BlastRadiusDeps {
  db: Database;
  clock: Clock;
  vault: Pick<VaultForAdmin, 'getKey' | 'keyUses'>;
  billing: Pick<BillingForAdmin, 'getUsage'>;
}

const MOST = 1_000;
const MOST_IN_USAGE = 20;
const DAY_MS = 86_400_000;

/** Whom it would hurt to stop a key: who may use it, who did in the last 30 days, and what runs with it now. */
export async function blastRadius(deps: BlastRadiusDeps, principal: Principal, path: { key: string }): Promise<BlastRadius> {
  const key = await reachKey(deps.vault, principal, 'key:inspect', path.key);
  if (key.owner.type === 'platform') throw new AppError('invalid_request', 'Keys of the platform are used by many organisations, and whom one of them serves is told to nobody else.');
  const { items } = await deps.vault.keyUses({ actor: actorIds(principal), keyIds: [key.id] });
  const use = items[0];
  const cover = coverOf(key);
  const [people, guests, tokens, groups, usage] = await Promise.all([
    listCovered(deps.db, principal.orgId, cover, MOST + 1),
    listCovered(deps.db, principal.orgId, { ...cover, only: use?.grants.map(({ userId }) => userId) ?? [] }, MOST),
    listTokensWithin(deps.db, principal.orgId, withGuests(cover, use), key.provider, MOST + 1),
    groupsOf(deps.db, principal.orgId, key),
    usageOf(deps, principal.orgId, key.id),
  ]);
  const { id, orgId, owner, provider, label, status, statusReason, lastUsedAt } = keyToWire(key);
  const untilOf = new Map(use?.grants.map(({ userId, until }) => [userId, until]));
  const invited = guests.filter((guest) => !people.some((person) => person.id === guest.id));
  return {
    key: { id, orgId, owner, provider, label, status, statusReason, lastUsedAt },
    seal: use?.seal ?? null,
    groups,
    members: [...people.slice(0, MOST).map((person) => ({ ...person, until: null })), ...invited.map((guest) => ({ ...guest, until: untilOf.get(guest.id)! }))],
    tokens: tokens.slice(0, MOST),
    hasMore: people.length > MOST || tokens.length > MOST,
    usage,
    running: use?.toldAt ? { calls: use.runningCalls, streams: use.openStreams, at: use.toldAt } : null,
  };
}

/** Whom the owner of a key covers, narrowed to its allow-list. */
export function coverOf({ owner, allowedUsers }: Pick<KeyMessage, 'owner' | 'allowedUsers'>): Cover {
  if (owner.type === 'user') return { user: owner.id as UserId };
  const only = allowedUsers.length > 0 ? { only: allowedUsers } : {};
  return owner.type === 'group' ? { group: owner.id as GroupId, ...only } : only;
}

function withGuests(cover: Cover, use: KeyUseMessage | undefined): Cover {
  return cover.only ? { ...cover, only: [...cover.only, ...(use?.grants.map(({ userId }) => userId) ?? [])] } : cover;
}

async function groupsOf(db: Database, org: OrgId, { owner, allowedUsers }: KeyMessage): Promise<{ id: string; name: string }[]> {
  if (owner.type === 'group') return [await getGroup(db, org, owner.id as GroupId)].map(({ id, name }) => ({ id, name }));
  if (owner.type !== 'org' || allowedUsers.length > 0) return [];
  return (await listGroups(db, org, { limit: 200 })).items.map(({ id, name }) => ({ id, name }));
}

async function usageOf({ billing, clock }: BlastRadiusDeps, orgId: OrgId, key: string): Promise<BlastRadius['usage']> {
  const now = clock.now();
  const period = { from: new Date(now - 30 * DAY_MS).toISOString(), to: new Date(now).toISOString() };
  const ask = async (groupBy: string[]) => (await billing.getUsage({ orgId, ...period, groupBy, filters: { key }, after: '', limit: MOST })).items;
  const [[total], models, users] = await Promise.all([ask([]), ask(['model']), ask(['user'])]);
  const most = (items: typeof models, by: string) => [...items].sort((one, other) => other.requests - one.requests).slice(0, MOST_IN_USAGE).map((item) => ({ name: item.by[by] ?? '', requests: item.requests }));
  return {
    ...period,
    requests: total?.requests ?? 0,
    costUsd: total?.costUsd || null,
    models: most(models, 'model').map(({ name, requests }) => ({ model: name, requests })),
    users: most(users, 'user').map(({ name, requests }) => ({ user: name, requests })),
  };
}
