import { generateKeyPairSync } from 'node:crypto';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { OrgId } from '@byok/kernel';
import { createLog, EVERY_ORG, openCheckpoints, openDatabase, type Database } from '@byok/platform';

import { aStoreRequest, anOpenRequest, vaultOfSuite, type WireActor } from '../spec/vault-world.js';
import { getKey } from '../verbs/get-key.js';
import { openKey } from '../verbs/open-key.js';
import { rotateKey } from '../verbs/rotate-key.js';
import { storeKey } from '../verbs/store-key.js';
import { verifyAudit } from '../verbs/verify-audit.js';

const world = vaultOfSuite();

describe('the audit of the vault', () => {
  let impatient: Database;
  let orgId: OrgId;
  let ann: { id: string; actor: WireActor };

  beforeAll(async () => {
    impatient = await openDatabase({ url: world.url, applicationName: 'spec', log: createLog('spec', 'fatal'), scope: EVERY_ORG, statementTimeoutMs: 400 });
    orgId = await world.org('A');
    ann = await world.user(orgId, 'owner');
  });
  afterAll(() => impatient.close());

  it('H12 that hangs hands out and changes nothing, and lets nobody wait for ever', async () => {
    const key = await storeKey(world.deps, aStoreRequest(ann.actor, { type: 'org', id: orgId }));
    const deps = { ...world.deps, db: impatient };
    await world.attacker.transaction(async (tx) => {
      // The chain's end is taken by somebody who does not give it back.
      await tx.query('SELECT 1 FROM vault.audit_head WHERE org_id = $1 FOR UPDATE', [orgId]);
      const tried = [
        openKey(deps, anOpenRequest(ann.actor, key)),
        storeKey(deps, aStoreRequest(ann.actor, { type: 'org', id: orgId }, { label: 'unaudited' })),
        rotateKey(deps, { actor: ann.actor, keyId: key.id, secret: 'sk-another-secret-0001', config: {}, testOutcome: '' }),
      ];
      for (const each of tried) await expect(each).rejects.toMatchObject({ code: 'service_unavailable' });
    });
    expect((await getKey(world.deps, { actor: ann.actor, keyId: key.id })).version).toBe(1);
    expect(await world.deps.db.query(`SELECT 1 FROM vault.credential WHERE label = 'unaudited'`)).toEqual([]);
    expect((await openKey(deps, anOpenRequest(ann.actor, key))).secret).toMatch(/^sk-canary/);
  });

  it('I01 is held against its checkpoints: who cuts the end of the chain, and its head, is found', async () => {
    const checkpoints = openCheckpoints({ db: world.deps.db, table: 'vault.audit', file: join(mkdtempSync(join(tmpdir(), 'byok-')), 'vault.jsonl'), key: generateKeyPairSync('ed25519').privateKey, log: world.deps.log });
    const deps = { ...world.deps, checkpoints };
    const bob = await world.user(orgId, 'member');
    // A denial: it leaves no trace but in the chain.
    await expect(verifyAudit(deps, { actor: bob.actor })).rejects.toMatchObject({ code: 'forbidden' });
    await checkpoints.write();
    const before = await verifyAudit(deps, { actor: ann.actor });
    expect(before).toMatchObject({ ok: true, checkpointSequence: before.rows });
    await world.attacker.transaction(async (tx) => {
      await tx.query('ALTER TABLE vault.audit DISABLE TRIGGER ALL');
      await tx.query('DELETE FROM vault.audit WHERE org_id = $1 AND sequence = $2', [orgId, before.rows]);
      await tx.query('UPDATE vault.audit_head h SET sequence = $2, hash = (SELECT hash FROM vault.audit a WHERE a.org_id = h.org_id AND a.sequence = $2) WHERE org_id = $1', [orgId, before.rows - 1]);
      await tx.query('ALTER TABLE vault.audit ENABLE TRIGGER ALL');
    });
    expect(await verifyAudit(world.deps, { actor: ann.actor })).toMatchObject({ ok: true, checkpointSequence: 0 });
    expect(await verifyAudit(deps, { actor: ann.actor })).toMatchObject({ ok: false, firstBadSequence: before.rows, reason: expect.stringContaining('are missing at the end') as string });
  });
});
