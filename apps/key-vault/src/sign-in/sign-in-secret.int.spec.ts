import type { OrgId } from '@byok/kernel';

import { makeSeed } from '../deks/make-seed.js';
import { resealBatch } from '../rotation/reseal-batch.js';
import { vaultOfSuite, type WireActor } from '../spec/vault-world.js';
import { openKey } from '../verbs/open-key.js';
import { dropSignInSecret, keepSignInSecret } from './keep-sign-in-secret.js';
import { openSignInSecret } from './open-sign-in-secret.js';
import { findSignInSecret } from './sign-in-secret.store.js';

const IDP = 'https://idp.example';

describe('the secret of an org’s identity provider', () => {
  const world = vaultOfSuite();
  let org: OrgId;
  let owner: WireActor;
  beforeEach(async () => {
    org = await world.org('Acme');
    owner = (await world.user(org, 'owner')).actor;
  });
  const keep = (secret: string, actor = owner) => keepSignInSecret(world.deps, { actor, secret, issuer: IDP });
  const opened = (orgId = org, issuer = IDP) => openSignInSecret(world.deps, { orgId, issuer });

  it('is kept sealed, replaced and dropped by an owner, and every step is in the chain', async () => {
    await keep('first-client-secret');
    expect(await opened()).toEqual({ secret: 'first-client-secret' });
    await keep('second-client-secret');
    expect(await opened()).toEqual({ secret: 'second-client-secret' });
    const stored = JSON.stringify(await world.attacker.query(`SELECT encode(blob, 'escape') AS blob FROM vault.sign_in_secret`));
    expect(stored).not.toContain('client-secret');
    await dropSignInSecret(world.deps, { actor: owner });
    await dropSignInSecret(world.deps, { actor: owner });
    await expect(opened()).rejects.toMatchObject({ code: 'not_found' });
    expect((await world.auditOf(org)).map((row) => row.action)).toEqual(['sign-in-secret.store', 'key.open', 'sign-in-secret.store', 'sign-in-secret.delete']);
    expect(JSON.stringify(await world.auditOf(org))).not.toContain('client-secret');
  });

  it('is an owner’s alone to set, and of their own org', async () => {
    for (const role of ['admin', 'member', 'auditor', 'billing'] as const) {
      const { actor } = await world.user(org, role);
      await expect(keep('x'.repeat(20), actor)).rejects.toMatchObject({ code: 'forbidden' });
      await expect(dropSignInSecret(world.deps, { actor })).rejects.toMatchObject({ code: 'forbidden' });
    }
    await keep('mine-client-secret');
    const other = await world.org('Other');
    await keep('theirs-client-secret', (await world.user(other, 'owner')).actor);
    expect([await opened(), await opened(other)]).toEqual([{ secret: 'mine-client-secret' }, { secret: 'theirs-client-secret' }]);
  });

  it('E03 does not open in another org’s row, nor as a key', async () => {
    await keep('mine-client-secret');
    const other = await world.org('Other');
    await keep('theirs-client-secret', (await world.user(other, 'owner')).actor);
    await world.attacker.query('UPDATE vault.sign_in_secret SET blob = (SELECT blob FROM vault.sign_in_secret WHERE org_id = $1) WHERE org_id = $2', [other, org]);
    await expect(opened()).rejects.toMatchObject({ code: 'integrity_failed' });
    // From now on it is known to be broken, until somebody enters it again.
    await expect(opened()).rejects.toMatchObject({ code: 'integrity_failed' });
    await keep('entered-again');
    expect(await opened()).toEqual({ secret: 'entered-again' });
    const { id } = (await findSignInSecret(world.deps.db, org))!;
    await expect(openKey(world.deps, { actor: owner, keyId: id, version: 1, requestId: 'req_spec', purpose: 'call' })).rejects.toMatchObject({ code: 'not_found' });
  });

  it('B17 is shown to the issuer it was kept for, also when somebody changes the row', async () => {
    await keep('mine-client-secret');
    await expect(opened(org, 'https://evil.example')).rejects.toMatchObject({ code: 'not_found' });
    await world.attacker.query(`UPDATE vault.sign_in_secret SET issuer = 'https://evil.example' WHERE org_id = $1`, [org]);
    await expect(opened(org, 'https://evil.example')).rejects.toMatchObject({ code: 'integrity_failed' });
  });

  it('is sealed again with its org’s DEK', async () => {
    await keep('lasting-client-secret');
    const before = (await findSignInSecret(world.deps.db, org))!;
    const next = await makeSeed(world.deps, org, 2);
    await world.attacker.query(`UPDATE vault.org_dek SET state = 'decrypt_only' WHERE org_id = $1`, [org]);
    await world.attacker.query(
      `INSERT INTO vault.org_dek (org_id, dek_id, version, state, wrapped_seed, kek_uri, kek_version, kek_scope, canary) VALUES ($1, $2, 2, 'active', $3, $4, $5, $6, $7)`,
      [org, next.dekId, next.wrapped.bytes, next.kekUri, next.wrapped.kekVersion, next.kekScope, next.canary],
    );
    expect(await resealBatch(world.deps, org)).toBe(1);
    expect(await findSignInSecret(world.deps.db, org)).toMatchObject({ dekId: next.dekId, dekVersion: 2, version: before.version });
    expect(await opened()).toEqual({ secret: 'lasting-client-secret' });
    expect(await resealBatch(world.deps, org)).toBe(0);
  });
});
