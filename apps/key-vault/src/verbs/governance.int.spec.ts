import { removeMember, updateUser } from '@byok/identity';
import { newId } from '@byok/kernel';
import type { GroupId, OrgId, UserId } from '@byok/kernel';
import type { KeyMessage } from '@byok/contracts';

import { aStoreRequest, anOpenRequest, vaultOfSuite } from '../spec/vault-world.js';
import type { WireActor } from '../spec/vault-world.js';
import { endKeyGrant } from './end-key-grant.js';
import { grantKey } from './grant-key.js';
import { keyUses } from './key-uses.js';
import { noteHealth } from './note-health.js';
import { noteRunning } from './note-running.js';
import { openKey } from './open-key.js';
import { rotateKey } from './rotate-key.js';
import { sealKey } from './seal-key.js';
import { setKeyStatus } from './set-key-status.js';
import { storeKey } from './store-key.js';
import { transferKey } from './transfer-key.js';
import { unsealKey } from './unseal-key.js';
import { usableKeys } from './usable-keys.js';
import { verifyAudit } from './verify-audit.js';

interface Person {
  id: UserId;
  actor: WireActor;
}

const world = vaultOfSuite();
let org: OrgId;
let owner: Person;
let lead: Person;
let member: Person;
let outsider: Person;
let eve: Person;
let group: GroupId;
let key: KeyMessage;
const notices: string[] = [];

beforeAll(() => {
  const query = world.deps.db.transaction.bind(world.deps.db);
  world.deps.db.transaction = (work) => query((tx) => work({ query: (sql, parameters) => (sql.includes('pg_notify') && notices.push(String(parameters![1])), tx.query(sql, parameters)) }));
});
beforeEach(async () => {
  org = await world.org('A');
  owner = await world.user(org, 'owner');
  [lead, member, outsider] = [await world.user(org, 'member'), await world.user(org, 'member'), await world.user(org, 'member')];
  eve = await world.user(await world.org('B'), 'owner');
  group = await world.group(org, { [lead.id]: 'admin', [member.id]: 'member' });
  key = await storeFor(lead, { type: 'group', id: group });
});

const storeFor = (who: Person, of: { type: string; id: string }, over: Record<string, unknown> = {}) => storeKey(world.deps, aStoreRequest(who.actor, of, over));
const open = (who: Person, of = key, over = {}) => openKey(world.deps, anOpenRequest(who.actor, of, over));
const seal = (who: Person, over = {}) => sealKey(world.deps, { actor: who.actor, keyId: key.id, reason: 'leaked in a chat', cutStreams: false, ...over });
const unseal = (who: Person) => unsealKey(world.deps, { actor: who.actor, keyId: key.id, reason: 'all clear' });
const transfer = (who: Person, to: { type: string; id: string }, of = key) => transferKey(world.deps, { actor: who.actor, keyId: of.id, owner: to, reason: 'moves' });
const usable = async (who: Person) => (await usableKeys(world.deps, { actor: who.actor })).items;
const inAnHour = () => new Date(Date.now() + 3_600_000).toISOString();

describe('a sealed key', () => {
  it('opens for nobody and nothing, a test included, and says why', async () => {
    expect(await seal(owner)).toMatchObject({ status: 'disabled', statusReason: 'Sealed: leaked in a chat' });
    await expect(open(member)).rejects.toMatchObject({ code: 'key_disabled' });
    await expect(open(lead, key, { purpose: 'probe' })).rejects.toMatchObject({ code: 'key_disabled' });
    expect(await usable(member)).toEqual([]);
    expect(await world.auditOf(org, 'key.seal')).toMatchObject([{ actorId: owner.id, targetId: key.id, details: { reason: 'leaked in a chat', cutStreams: false } }]);
  });

  it('is not put back by enabling, rotating or a gateway that found it to work', async () => {
    await seal(owner);
    await expect(setKeyStatus(world.deps, { actor: lead.actor, keyId: key.id, status: 'active' })).rejects.toMatchObject({ code: 'conflict' });
    await noteHealth(world.deps, { actor: member.actor, keyId: key.id, version: 1, outcome: 'valid', reason: '' });
    expect(await rotateKey(world.deps, { actor: lead.actor, keyId: key.id, secret: 'sk-canary-new', config: {}, testOutcome: 'valid' })).toMatchObject({ version: 2, status: 'disabled', statusReason: 'Sealed: leaked in a chat' });
    // Whatever code says so.
    await world.deps.db.query(`UPDATE vault.credential SET status = 'active' WHERE id = $1`, [key.id]);
    await expect(open(member, { ...key, version: 2 })).rejects.toMatchObject({ code: 'key_disabled' });
    expect(await unseal(owner)).toMatchObject({ status: 'active', version: 2 });
    expect((await open(member, { ...key, version: 2 })).secret).toBe('sk-canary-new');
  });

  it('goes back to what it was', async () => {
    await setKeyStatus(world.deps, { actor: lead.actor, keyId: key.id, status: 'disabled' });
    await seal(owner);
    await seal(owner, { reason: 'again' });
    expect(await unseal(owner)).toMatchObject({ status: 'disabled', statusReason: '' });
    await expect(unseal(owner)).rejects.toMatchObject({ code: 'conflict' });
  });

  it('is unsealed by who sealed it or by an admin of the org, not by whom an admin stopped', async () => {
    await seal(owner);
    await expect(unseal(lead)).rejects.toMatchObject({ code: 'forbidden' });
    await unseal(owner);
    await seal(lead);
    expect(await unseal(lead)).toMatchObject({ status: 'active' });
    await expect(seal(member)).rejects.toMatchObject({ code: 'forbidden' });
    await expect(seal(eve)).rejects.toMatchObject({ code: 'not_found' });
    const own = await storeFor(member, { type: 'user', id: member.id });
    await sealKey(world.deps, { actor: owner.actor, keyId: own.id, reason: 'x', cutStreams: false });
    await expect(unsealKey(world.deps, { actor: member.actor, keyId: own.id, reason: '' })).rejects.toMatchObject({ code: 'forbidden' });
  });

  it('cuts what runs only when asked: by notice, and for a gateway that missed it when it tells what runs', async () => {
    const running = (gatewayId: string, streams: number) => noteRunning(world.deps, { gatewayId, items: [{ keyId: key.id, calls: 3, streams }, { keyId: newId('key'), calls: 1, streams: 0 }] });
    await seal(owner);
    expect(await running('one', 2)).toEqual({ keyIds: [] });
    notices.length = 0;
    await seal(owner, { cutStreams: true });
    expect(notices.map((text) => JSON.parse(text) as unknown)).toContainEqual({ org, kind: 'key', id: key.id, cut: true });
    expect(await running('one', 2)).toEqual({ keyIds: [key.id] });
    await running('two', 1);
    const [use] = (await keyUses(world.deps, { actor: owner.actor, keyIds: [key.id] })).items;
    expect(use).toMatchObject({ keyId: key.id, runningCalls: 6, openStreams: 3, seal: { reason: 'leaked in a chat', cutStreams: true, sealedBy: owner.id } });
    await noteRunning(world.deps, { gatewayId: 'one', items: [] });
    expect((await keyUses(world.deps, { actor: owner.actor, keyIds: [key.id] })).items).toMatchObject([{ runningCalls: 3, openStreams: 1 }]);
    expect([await keyUses(world.deps, { actor: member.actor, keyIds: [key.id] }), await keyUses(world.deps, { actor: eve.actor, keyIds: [key.id] })]).toEqual([{ items: [] }, { items: [] }]);
  });
});

describe('a key that changes its owner', () => {
  it('is sealed anew for the new one, opens for their people alone, and is audited at both ends', async () => {
    const other = await world.group(org, { [lead.id]: 'admin', [outsider.id]: 'member' });
    const { secret } = await open(member);
    const moved = await transfer(lead, { type: 'group', id: other });
    expect(moved).toMatchObject({ version: 2, owner: { type: 'group', id: other }, status: 'active' });
    expect((await open(outsider, moved)).secret).toBe(secret);
    await expect(open(member, moved)).rejects.toMatchObject({ code: 'not_found' });
    const audit = [...(await world.auditOf(org, 'key.transfer-out')), ...(await world.auditOf(org, 'key.transfer-in'))];
    expect(audit).toMatchObject([
      { targetId: key.id, actorId: lead.id, details: { ownerId: group, version: 1, to: `group ${other}` } },
      { targetId: key.id, actorId: lead.id, details: { ownerId: other, version: 2, from: `group ${group}` } },
    ]);
    expect(await verifyAudit(world.deps, { actor: owner.actor })).toMatchObject({ ok: true });
  });

  it('E03 cannot be given away by writing the table: the owner is sealed with it', async () => {
    const other = await world.group(org, { [outsider.id]: 'admin' });
    await world.attacker.query('UPDATE vault.credential SET owner_id = $2 WHERE id = $1', [key.id, other]);
    await expect(open(outsider)).rejects.toMatchObject({ code: 'integrity_failed' });
  });

  it('needs the right to give it away here and to add keys there', async () => {
    const theirs = await world.group(org, { [outsider.id]: 'admin' });
    await expect(transfer(member, { type: 'group', id: theirs })).rejects.toMatchObject({ code: 'forbidden' });
    await expect(transfer(lead, { type: 'org', id: org })).rejects.toMatchObject({ code: 'forbidden' });
    await expect(transfer(lead, { type: 'group', id: theirs })).rejects.toMatchObject({ code: 'not_found' });
    await expect(transfer(lead, { type: 'user', id: member.id })).rejects.toMatchObject({ code: 'not_found' });
    await expect(transfer(lead, { type: 'group', id: newId('group') })).rejects.toMatchObject({ code: 'not_found' });
    await expect(transfer(eve, { type: 'org', id: org })).rejects.toMatchObject({ code: 'not_found' });
    await expect(transfer(lead, { type: 'group', id: group })).rejects.toMatchObject({ code: 'conflict' });
    await expect(transfer(owner, { type: 'platform', id: 'platform' })).rejects.toMatchObject({ code: 'not_found' });
    const mine = await storeFor(outsider, { type: 'user', id: outsider.id });
    expect(await transfer(outsider, { type: 'group', id: theirs }, mine)).toMatchObject({ owner: { type: 'group', id: theirs } });
    expect(await transfer(owner, { type: 'org', id: org })).toMatchObject({ owner: { type: 'org' } });
  });

  it('A06 is not added to a group by who is only its member', async () => {
    const mine = await storeFor(member, { type: 'user', id: member.id });
    await expect(transfer(member, { type: 'group', id: group }, mine)).rejects.toMatchObject({ code: 'forbidden' });
    expect(await world.auditOf(org, 'authz.denied')).toContainEqual(expect.objectContaining({ actorId: member.id, outcome: 'denied' }));
  });

  it('may be a leaver’s, saved by an admin; never that of somebody who is here', async () => {
    const mine = await storeFor(member, { type: 'user', id: member.id });
    await expect(transfer(owner, { type: 'group', id: group }, mine)).rejects.toMatchObject({ code: 'forbidden' });
    await world.admin.transaction((tx) => updateUser(tx, org, member.id, { status: 'disabled' }));
    const saved = await transfer(owner, { type: 'group', id: group }, mine);
    expect((await open(lead, saved)).secret).toMatch(/^sk-canary/);
  });

  it('stays sealed, and loses its grants', async () => {
    const narrow = await storeFor(lead, { type: 'group', id: group }, { allowedUsers: [lead.id] });
    await grantKey(world.deps, { actor: lead.actor, keyId: narrow.id, userId: member.id, expiresAt: inAnHour() });
    await sealKey(world.deps, { actor: lead.actor, keyId: narrow.id, reason: 'x', cutStreams: false });
    const moved = await transfer(owner, { type: 'org', id: org }, narrow);
    expect(moved).toMatchObject({ status: 'disabled', version: 2 });
    expect(await unsealKey(world.deps, { actor: owner.actor, keyId: narrow.id, reason: '' })).toMatchObject({ status: 'active' });
    await expect(open(member, moved)).rejects.toMatchObject({ code: 'not_found' });
    expect((await open(lead, moved)).version).toBe(2);
  });

  it('does not merge with the same secret that the new owner has already', async () => {
    const mine = await storeFor(owner, { type: 'user', id: owner.id }, { secret: 'sk-canary-twice-0000000000' });
    await storeFor(owner, { type: 'org', id: org }, { secret: 'sk-canary-twice-0000000000' });
    await expect(transfer(owner, { type: 'org', id: org }, mine)).rejects.toMatchObject({ code: 'key_duplicate' });
  });
});

describe('a grant for a while', () => {
  let narrow: KeyMessage;
  const grant = (who: Person, over = {}) => grantKey(world.deps, { actor: who.actor, keyId: narrow.id, userId: member.id, expiresAt: inAnHour(), ...over });

  beforeEach(async () => {
    narrow = await storeFor(lead, { type: 'group', id: group }, { allowedUsers: [lead.id] });
  });

  it('lets one more user in until it ends, by the clock alone', async () => {
    await expect(open(member, narrow)).rejects.toMatchObject({ code: 'not_found' });
    const expiresAt = inAnHour();
    await grant(lead, { expiresAt });
    expect((await open(member, narrow)).version).toBe(1);
    expect(await usable(member)).toContainEqual(expect.objectContaining({ id: narrow.id, usableUntil: expiresAt }));
    expect(await usable(lead)).toContainEqual(expect.objectContaining({ id: narrow.id, usableUntil: '' }));
    await world.attacker.query(`UPDATE vault.key_grant SET expires_at = now() - interval '1 second' WHERE key_id = $1`, [narrow.id]);
    await expect(open(member, narrow)).rejects.toMatchObject({ code: 'not_found' });
    expect((await usable(member)).map((item) => item.id)).toEqual([key.id]);
  });

  it('A07 is worth nothing to who has left the group', async () => {
    await grant(lead);
    await world.admin.transaction((tx) => removeMember(tx, org, group, member.id));
    await expect(open(member, narrow)).rejects.toMatchObject({ code: 'not_found' });
  });

  it('is given by who may change the allow-list, within their org, for a key that has one', async () => {
    await expect(grant(member)).rejects.toMatchObject({ code: 'forbidden' });
    await expect(grant(eve)).rejects.toMatchObject({ code: 'not_found' });
    await expect(grant(lead, { userId: eve.id })).rejects.toMatchObject({ code: 'invalid_request' });
    await expect(grant(lead, { expiresAt: new Date(Date.now() - 1_000).toISOString() })).rejects.toMatchObject({ code: 'invalid_request' });
    await expect(grant(lead, { expiresAt: new Date(Date.now() + 400 * 86_400_000).toISOString() })).rejects.toMatchObject({ code: 'invalid_request' });
    await expect(grant(lead, { keyId: key.id })).rejects.toMatchObject({ code: 'conflict' });
  });

  it('ends before its time when the user or who gave it says so', async () => {
    const end = (who: Person) => endKeyGrant(world.deps, { actor: who.actor, keyId: narrow.id, userId: member.id });
    await grant(lead);
    await expect(end(outsider)).rejects.toMatchObject({ code: 'not_found' });
    await end(member);
    await expect(open(member, narrow)).rejects.toMatchObject({ code: 'not_found' });
    await grant(lead);
    await end(lead);
    await expect(end(lead)).rejects.toMatchObject({ code: 'not_found' });
    expect((await world.auditOf(org)).map((row) => row.action).filter((action) => action.startsWith('key.grant'))).toEqual(['key.grant', 'key.grant-end', 'key.grant', 'key.grant-end']);
  });
});
