import { deleteGroup, removeMember, revokeToken, updateOrg } from '@byok/identity';
import { newId } from '@byok/kernel';
import type { GroupId, OrgId, TokenId, UserId } from '@byok/kernel';

import { aStoreRequest, anOpenRequest, vaultOfSuite } from '../spec/vault-world.js';
import type { WireActor } from '../spec/vault-world.js';
import type { KeyMessage } from '@byok/contracts';
import { getKey } from './get-key.js';
import { listAudit } from './list-audit.js';
import { listKeys } from './list-keys.js';
import { openKey } from './open-key.js';
import { reportHealth } from './report-health.js';
import { revokeKey } from './revoke-key.js';
import { rotateKey } from './rotate-key.js';
import { setKeyStatus } from './set-key-status.js';
import { storeKey } from './store-key.js';
import { updateKey } from './update-key.js';
import { usableKeys } from './usable-keys.js';
import { verifyAudit } from './verify-audit.js';

interface Person {
  id: UserId;
  actor: WireActor;
}

const world = vaultOfSuite();
let orgA: OrgId;
let orgB: OrgId;
let owner: Person;
let lead: Person;
let member: Person;
let outsider: Person;
let eve: Person;
let group: GroupId;
let service: WireActor;
let key: KeyMessage;

beforeEach(async () => {
  orgA = await world.org('A');
  orgB = await world.org('B');
  owner = await world.user(orgA, 'owner');
  [lead, member, outsider] = [await world.user(orgA, 'member'), await world.user(orgA, 'member'), await world.user(orgA, 'member')];
  eve = await world.user(orgB, 'owner');
  group = await world.group(orgA, { [lead.id]: 'admin', [member.id]: 'member' });
  service = await world.token(orgA, { groupId: group });
  key = await storeFor(lead, { type: 'group', id: group });
});

const storeFor = (who: Person, of: { type: string; id: string }, over: Record<string, unknown> = {}) => storeKey(world.deps, aStoreRequest(who.actor, of, over));
const openAs = (actor: WireActor, which: KeyMessage = key) => openKey(world.deps, anOpenRequest(actor, which));
const usableIds = async (actor: WireActor) => (await usableKeys(world.deps, { actor })).items.map((item) => item.id);
const notFound = { code: 'not_found' };
const forbidden = { code: 'forbidden' };

/** Every verb that names a key, as this actor. */
const attempts = (actor: WireActor, keyId: string): Record<string, () => Promise<unknown>> => ({
  get: () => getKey(world.deps, { actor, keyId }),
  update: () => updateKey(world.deps, { actor, keyId, label: 'mine now', allowedUsers: null, allowedModels: null }),
  rotate: () => rotateKey(world.deps, { actor, keyId, secret: 'sk-x', config: {}, testOutcome: '' }),
  disable: () => setKeyStatus(world.deps, { actor, keyId, status: 'disabled' }),
  revoke: () => revokeKey(world.deps, { actor, keyId }),
  health: () => reportHealth(world.deps, { actor, keyId, outcome: 'invalid', reason: '' }),
  open: () => openKey(world.deps, anOpenRequest(actor, { id: keyId, version: 1 })),
  probe: () => openKey(world.deps, anOpenRequest(actor, { id: keyId, version: 1 }, { purpose: 'probe' })),
});

describe('A14 a restricted token', () => {
  it('opens keys of its providers alone, whatever its user may open', async () => {
    const [fits, other] = [await world.token(orgA, { userId: member.id, allowedProviders: [key.provider] }), await world.token(orgA, { userId: member.id, allowedProviders: ['another'] })];
    expect((await openAs(fits)).provider).toBe(key.provider);
    await expect(openAs(other)).rejects.toMatchObject(notFound);
  });

  it('has the keys of the groups it names alone', async () => {
    const second = await world.group(orgA, { [member.id]: 'member' });
    const [fits, other] = [await world.token(orgA, { userId: member.id, allowedGroups: [group] }), await world.token(orgA, { userId: member.id, allowedGroups: [second] })];
    expect(await usableIds(fits)).toContain(key.id);
    expect(await usableIds(other)).not.toContain(key.id);
    await expect(openAs(other)).rejects.toMatchObject(notFound);
  });
});

describe('a key of another org', () => {
  it('A01 does not exist for anybody else, in any verb; each attempt is written into the asker\'s own chain', async () => {
    const before = (await world.auditOf(orgA)).length;
    const tried = attempts(eve.actor, key.id);
    const random = attempts(eve.actor, newId('key'));
    for (const name of Object.keys(tried)) {
      const [foreign, unknown] = [await failureOf(tried[name]!), await failureOf(random[name]!)];
      expect(foreign).toEqual({ code: 'not_found', message: 'There is no such key.' });
      expect(foreign).toEqual(unknown);
    }
    const denied = await world.auditOf(orgB, 'authz.denied');
    expect(denied.filter((row) => row.targetId === key.id)).toHaveLength(Object.keys(tried).length);
    expect(denied.every((row) => row.outcome === 'denied' && row.actorId === eve.id)).toBe(true);
    expect(await world.auditOf(orgA)).toHaveLength(before);
  });

  it('A02 is in no list, no audit page and no usable list of another org', async () => {
    expect((await listKeys(world.deps, listRequest(eve.actor))).items).toEqual([]);
    expect((await listKeys(world.deps, listRequest(eve.actor, { ownerType: 'group', ownerId: group }))).items).toEqual([]);
    expect(await usableIds(eve.actor)).toEqual([]);
    expect(JSON.stringify(await listAudit(world.deps, { actor: eve.actor, after: '', limit: 100 }))).not.toContain(key.id);
  });

  it('A02 cannot be stored for another org\'s group, user or org', async () => {
    for (const foreign of [{ type: 'group', id: group }, { type: 'user', id: member.id }, { type: 'org', id: orgA }, { type: 'platform', id: 'platform' }]) {
      await expect(storeFor(eve, foreign)).rejects.toMatchObject(notFound);
    }
    await expect(storeFor(eve, { type: 'org', id: orgB }, { allowedUsers: [member.id] })).rejects.toMatchObject({ code: 'invalid_request' });
    expect((await world.auditOf(orgB, 'authz.denied'))).toHaveLength(4);
  });
});

describe('a group key', () => {
  it('serves members and the group\'s service token, and nobody else of the org', async () => {
    for (const actor of [member.actor, lead.actor, service]) expect((await openAs(actor)).secret).toMatch(/^sk-canary/);
    for (const actor of [outsider.actor, owner.actor]) {
      await expect(openAs(actor)).rejects.toMatchObject(notFound);
      expect(await usableIds(actor)).toEqual([]);
    }
  });

  it('A07 is never sent to a user who left the group', async () => {
    expect(await usableIds(member.actor)).toEqual([key.id]);
    await world.admin.transaction((tx) => removeMember(tx, orgA, group, member.id));
    await expect(openAs(member.actor)).rejects.toMatchObject(notFound);
    expect(await usableIds(member.actor)).toEqual([]);
    expect((await world.auditOf(orgA, 'authz.denied')).at(-1)).toMatchObject({ targetId: key.id, actorId: member.id });
  });

  it('A07 is never sent once its group is gone', async () => {
    await world.admin.transaction((tx) => deleteGroup(tx, orgA, group));
    await expect(openAs(member.actor)).rejects.toMatchObject(notFound);
    await expect(openAs(service)).rejects.toMatchObject({ code: 'token_revoked' });
  });

  it('is narrowed by allowedUsers, which shuts services out', async () => {
    await updateKey(world.deps, { actor: lead.actor, keyId: key.id, allowedUsers: { values: [member.id] }, allowedModels: null });
    expect(await usableIds(member.actor)).toEqual([key.id]);
    expect(await usableIds(lead.actor)).toEqual([]);
    await expect(openAs(service)).rejects.toMatchObject(notFound);
  });

  it('A06 is managed by the group\'s admin and the org\'s, not by a member', async () => {
    const { get, open, ...writes } = attempts(member.actor, key.id);
    const { probe, ...managing } = writes;
    expect(await get!()).toMatchObject({ id: key.id });
    for (const attempt of Object.values(managing)) await expect(attempt()).rejects.toMatchObject(forbidden);
    await expect(storeFor(member, { type: 'group', id: group })).rejects.toMatchObject(forbidden);
    await expect(storeFor(outsider, { type: 'group', id: group })).rejects.toMatchObject(notFound);
    expect(await updateKey(world.deps, { actor: owner.actor, keyId: key.id, label: 'by the owner', allowedUsers: null, allowedModels: null })).toMatchObject({ label: 'by the owner', provider: 'openai' });
    await Promise.all([open!(), probe!()]);
  });

  it('may be probed by an org admin who is not in the group, but not used', async () => {
    expect((await openKey(world.deps, anOpenRequest(owner.actor, key, { purpose: 'probe' }))).secret).toMatch(/^sk-canary/);
    await expect(openAs(owner.actor)).rejects.toMatchObject(notFound);
  });
});

describe('a user\'s own key', () => {
  it('serves that user alone; an admin may take it away but not open, probe or replace it', async () => {
    const own = await storeFor(member, { type: 'user', id: member.id });
    expect((await openAs(member.actor, own)).secret).toMatch(/^sk-canary/);
    for (const who of [owner, lead, outsider]) await expect(openAs(who.actor, own)).rejects.toMatchObject(notFound);
    await expect(openKey(world.deps, anOpenRequest(owner.actor, own, { purpose: 'probe' }))).rejects.toMatchObject(notFound);
    await expect(rotateKey(world.deps, { actor: owner.actor, keyId: own.id, secret: 'sk-x', config: {}, testOutcome: '' })).rejects.toMatchObject(forbidden);
    await expect(storeFor(owner, { type: 'user', id: member.id })).rejects.toMatchObject(forbidden);
    expect((await revokeKey(world.deps, { actor: owner.actor, keyId: own.id })).status).toBe('revoked');
  });
});

describe('a platform key', () => {
  it('is managed by the operator and serves the orgs it is granted to', async () => {
    const platform = await world.org('Platform');
    const operator = await world.user(platform, 'owner', true);
    const paid = await storeFor(operator, { type: 'platform', id: 'platform' });
    expect(paid).toMatchObject({ orgId: 'platform', owner: { type: 'platform', id: 'platform' } });
    expect((await listKeys(world.deps, listRequest(operator.actor))).items.map((item) => item.id)).toContain(paid.id);
    await expect(openAs(member.actor, paid)).rejects.toMatchObject(notFound);
    await expect(getKey(world.deps, { actor: owner.actor, keyId: paid.id })).rejects.toMatchObject(notFound);
    await world.admin.transaction((tx) => updateOrg(tx, orgA, { policy: { platformKeysGranted: true } }));
    expect((await openAs(member.actor, paid)).secret).toMatch(/^sk-canary/);
    expect(await usableIds(member.actor)).toContain(paid.id);
    const [dek] = await world.deps.db.query<{ kekScope: string }>(`SELECT kek_scope AS "kekScope" FROM vault.org_dek WHERE org_id = 'platform'`);
    expect(dek).toEqual({ kekScope: 'platform' });
  });
});

describe('a credential', () => {
  it('stands for nobody once it is unknown, revoked, two at once, or its org is frozen', async () => {
    await expect(openAs({ tokenId: newId('token'), sessionId: '' })).rejects.toMatchObject({ code: 'token_invalid' });
    await expect(openAs({ ...member.actor, tokenId: service.tokenId })).rejects.toMatchObject({ code: 'invalid_request' });
    await expect(openAs({ tokenId: '', sessionId: '' })).rejects.toMatchObject({ code: 'invalid_request' });
    await world.admin.transaction((tx) => revokeToken(tx, orgA, service.tokenId as TokenId));
    await expect(openAs(service)).rejects.toMatchObject({ code: 'token_revoked' });
    await world.admin.transaction((tx) => updateOrg(tx, orgA, { status: 'frozen' }));
    await expect(openAs(member.actor)).rejects.toMatchObject({ code: 'org_frozen' });
  });

  it('manages nothing as a token without management scopes, whoever its user is', async () => {
    const bare = await world.token(orgA, { userId: owner.id });
    const scoped = await world.token(orgA, { userId: owner.id, scopes: ['key:create', 'key:read'] });
    await expect(storeKey(world.deps, aStoreRequest(bare, { type: 'org', id: orgA }))).rejects.toMatchObject(notFound);
    expect((await storeKey(world.deps, aStoreRequest(scoped, { type: 'org', id: orgA }))).owner).toEqual({ type: 'org', id: orgA });
  });

  it('reads and verifies the audit log only as who may', async () => {
    await expect(listAudit(world.deps, { actor: member.actor, after: '', limit: 0 })).rejects.toMatchObject(forbidden);
    await expect(verifyAudit(world.deps, { actor: member.actor })).rejects.toMatchObject(forbidden);
    const first = await listAudit(world.deps, { actor: owner.actor, after: '', limit: 2 });
    expect(first.items.map((row) => row.sequence)).toEqual([3, 2]);
    const second = await listAudit(world.deps, { actor: owner.actor, after: first.next, limit: 2 });
    expect(second).toMatchObject({ items: [{ action: 'key.store', targetId: key.id, actorId: lead.id }], next: '' });
  });
});

function listRequest(actor: WireActor, over: Record<string, unknown> = {}) {
  return { actor, ownerType: '', ownerId: '', provider: '', status: '', after: '', limit: 0, ...over };
}

async function failureOf(act: () => Promise<unknown>): Promise<{ code: unknown; message: string }> {
  try {
    await act();
  } catch (error) {
    return { code: (error as { code: unknown }).code, message: (error as Error).message };
  }
  throw new Error('It did not fail.');
}
