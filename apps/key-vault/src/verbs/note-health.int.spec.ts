import type { KeyMessage } from '@byok/contracts';
import type { OrgId, UserId } from '@byok/kernel';

import { aStoreRequest, anOpenRequest, vaultOfSuite } from '../spec/vault-world.js';
import type { WireActor } from '../spec/vault-world.js';
import { getKey } from './get-key.js';
import { noteHealth } from './note-health.js';
import { openKey } from './open-key.js';
import { reportHealth } from './report-health.js';
import { rotateKey } from './rotate-key.js';
import { setKeyStatus } from './set-key-status.js';
import { storeKey } from './store-key.js';

interface Person {
  id: UserId;
  actor: WireActor;
}

const world = vaultOfSuite();
let org: OrgId;
let ann: Person;
let member: Person;
let eve: Person;
let key: KeyMessage;

beforeEach(async () => {
  org = await world.org('A');
  [ann, member] = [await world.user(org, 'owner'), await world.user(org, 'member')];
  eve = await world.user(await world.org('B'), 'owner');
  key = await storeKey(world.deps, aStoreRequest(ann.actor, { type: 'org', id: org }));
});

const note = (outcome: string, over: Record<string, unknown> = {}) => noteHealth(world.deps, { actor: member.actor, keyId: key.id, version: key.version, outcome, reason: 'refused\nthe key', ...over });
const seen = () => getKey(world.deps, { actor: ann.actor, keyId: key.id });
const opens = () => openKey(world.deps, anOpenRequest(member.actor, key));

describe('what calls found out about a key', () => {
  it('H13 takes a refused key out of service with reason and time, and a working one back, each in the audit chain', async () => {
    await note('invalid');
    const broken = await seen();
    expect(broken).toMatchObject({ status: 'invalid', statusReason: 'refused the key', health: 'failing', healthReason: 'refused the key' });
    expect(Date.now() - Date.parse(broken.healthAt)).toBeLessThan(60_000);
    await expect(opens()).rejects.toMatchObject({ code: 'key_disabled' });
    await note('valid', { reason: '' });
    expect(await seen()).toMatchObject({ status: 'active', statusReason: '', health: 'ok', healthReason: '' });
    await expect(opens()).resolves.toBeDefined();
    const rows = await world.auditOf(org, 'key.health');
    expect(rows.map(({ actorId, targetId, details }) => [actorId, targetId, details['reported'], details['status']])).toEqual([
      [member.id, key.id, 'invalid', 'invalid'],
      [member.id, key.id, 'valid', 'active'],
    ]);
  });

  it('H13 tells of an account without credit and leaves the key in service', async () => {
    await note('no-credit');
    expect(await seen()).toMatchObject({ status: 'active', health: 'failing' });
    await expect(opens()).resolves.toBeDefined();
  });

  it('writes nothing a second time, nothing of an earlier version, and nothing over what its owner decided', async () => {
    await note('invalid');
    await note('invalid');
    expect(await world.auditOf(org, 'key.health')).toHaveLength(1);
    await rotateKey(world.deps, { actor: ann.actor, keyId: key.id, secret: 'sk-a-new-secret-0123456789', config: {}, testOutcome: '' });
    expect(await seen()).toMatchObject({ status: 'active', health: 'unknown', healthReason: '', healthAt: '' });
    await note('invalid');
    expect(await seen()).toMatchObject({ status: 'active', health: 'unknown' });
    await setKeyStatus(world.deps, { actor: ann.actor, keyId: key.id, status: 'disabled' });
    await note('valid', { version: 2 });
    expect(await seen()).toMatchObject({ status: 'disabled', health: 'ok' });
  });

  it('A01 cannot be written about a key that the caller may not use; the attempt is in their own chain', async () => {
    await expect(note('invalid', { actor: eve.actor })).rejects.toMatchObject({ code: 'not_found' });
    await expect(note('revoked')).rejects.toMatchObject({ code: 'invalid_request' });
    expect(await seen()).toMatchObject({ status: 'active', health: 'unknown' });
  });

  it('is told by a test, too', async () => {
    await reportHealth(world.deps, { actor: ann.actor, keyId: key.id, outcome: 'no-credit', reason: 'empty' });
    expect(await seen()).toMatchObject({ status: 'active', health: 'failing', healthReason: 'empty' });
    await reportHealth(world.deps, { actor: ann.actor, keyId: key.id, outcome: 'unreachable', reason: '' });
    expect(await seen()).toMatchObject({ health: 'failing' });
    await reportHealth(world.deps, { actor: ann.actor, keyId: key.id, outcome: 'valid', reason: '' });
    expect(await seen()).toMatchObject({ health: 'ok', healthReason: '' });
  });
});
