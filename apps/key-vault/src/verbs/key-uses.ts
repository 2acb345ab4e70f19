import type { KeyUseMessage } from '@byok/contracts';

import { mayManage } from '../acl/may-manage.js';
import { principalOfActor } from '../acl/principal-of-actor.js';
import { findKey } from '../store/keys.store.js';
import type { KeyRow } from '../store/key-row.js';
import { findSeal } from '../store/seals.store.js';
import { runningWith } from '../store/uses.store.js';
import type { VaultDeps } from '../vault-deps.js';
import { KeyUsesRequest } from '../wire/governance-requests.js';
import { parse } from '../wire/parse.js';

/** What is known of keys beside their facts: whether one is sealed, who may use it for a while, what runs with it now. */
export async function keyUses(deps: Pick<VaultDeps, 'db' | 'clock'>, message: unknown): Promise<{ items: KeyUseMessage[] }> {
  const request = parse(KeyUsesRequest, message);
  const principal = await principalOfActor(deps, request.actor);
  const items: KeyUseMessage[] = [];
  for (const keyId of new Set(request.keyIds)) {
    const key = await findKey(deps.db, principal.orgId, keyId);
    const isSeen = key && mayManage(principal, 'key:inspect', key.orgId, { type: key.ownerType, id: key.ownerId });
    if (isSeen) items.push(await useOf(deps, principal.orgId, key));
  }
  return { items };
}

async function useOf(deps: Pick<VaultDeps, 'db'>, orgId: Parameters<typeof runningWith>[1], key: KeyRow): Promise<KeyUseMessage> {
  const seal = await findSeal(deps.db, key.orgId, key.id);
  const [running] = await runningWith(deps.db, orgId, [key.id]);
  return {
    keyId: key.id,
    seal: seal ? { reason: seal.reason, cutStreams: seal.cutsStreams, sealedBy: seal.sealedBy, sealedAt: seal.sealedAt.toISOString() } : null,
    grants: key.grants.map(({ userId, until }) => ({ userId, until: new Date(until).toISOString() })),
    runningCalls: running?.calls ?? 0,
    openStreams: running?.streams ?? 0,
    toldAt: running?.toldAt.toISOString() ?? '',
  };
}
