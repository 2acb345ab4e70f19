import type { Answer, Json } from '../support/admin-client.js';
import { chat } from '../support/gateway-client.js';
import { providerKeys } from '../support/provider-keys.js';
import { standaloneOfSuite } from '../support/standalone-of-suite.js';
import { newWorldWithKey } from '../support/world.js';

type Setting = Awaited<ReturnType<typeof newWorldWithKey>>;

const { upstream, standalone } = standaloneOfSuite();

beforeEach(() => upstream.reset());

/** A group key nobody has used yet, and beside it a good key of the org: the one a careless gateway would fall through to. */
async function newTarget(): Promise<Setting> {
  const setting = await newWorldWithKey(standalone, 'Target');
  await setting.world.key({ type: 'org' }, 'openai', providerKeys.openai());
  return setting;
}

interface Row {
  blob: Buffer;
  key_version: number;
  dek_id: string;
  dek_version: number;
}
const rowOf = async (keyId: string): Promise<Row> => (await standalone.sql<Row>('SELECT blob, key_version, dek_id, dek_version FROM vault.credential WHERE id = $1', [keyId]))[0]!;
const writeBlob = (keyId: string, blob: Buffer) => standalone.sql('UPDATE vault.credential SET blob = $2 WHERE id = $1', [keyId, blob]);

/** The call is refused, no provider hears of it, and the audit of the org tells. */
async function expectRefusedAndAudited({ world, person, keyId }: Setting): Promise<Answer> {
  const answer = await chat(standalone.gatewayUrl, person.token);
  expect(answer.status).toBe(503);
  expect(['integrity_failed', 'key_unavailable']).toContain(answer.body['error']?.code);
  expect(upstream.witness()).toEqual([]);
  const { items } = await world.owner.get(`/api/orgs/${world.orgId}/audit?limit=200`);
  const told = (items as Json[]).filter((item) => item['chain'] === 'vault' && item['targetId'] === keyId && item['outcome'] === 'failed');
  expect(told).not.toEqual([]);
  return answer;
}

describe('somebody who can write to the database', () => {
  it('gets nothing from swapping the sealed keys of two rows of one org', async () => {
    const target = await newTarget();
    const other = await target.world.key({ type: 'group', id: target.groupId }, 'openai', providerKeys.openai(), { priority: 900_000 });
    const [one, two] = [await rowOf(target.keyId), await rowOf(other['id'] as string)];
    await writeBlob(target.keyId, two.blob);
    await writeBlob(other['id'] as string, one.blob);
    await expectRefusedAndAudited(target);
  });

  it('gets nothing from putting the sealed key of another tenant into a row', async () => {
    const [target, victim] = [await newTarget(), await newTarget()];
    await writeBlob(target.keyId, (await rowOf(victim.keyId)).blob);
    await expectRefusedAndAudited(target);
    expect((await chat(standalone.gatewayUrl, victim.person.token)).status).toBe(200);
  });

  it.each(['the first byte', 'the version', 'the id of the DEK', 'the salt', 'the commitment', 'the nonce', 'the text', 'the last byte'].map((part, index, all) => ({ part, at: index / (all.length - 1) })))(
    'gets nothing from flipping a bit in $part',
    async ({ at }) => {
      const target = await newTarget();
      const { blob } = await rowOf(target.keyId);
      const position = Math.round(at * (blob.length - 1));
      blob[position] = blob[position]! ^ 1;
      await writeBlob(target.keyId, blob);
      await expectRefusedAndAudited(target);
    },
  );

  it('gets nothing from cutting the sealed key short', async () => {
    const target = await newTarget();
    await writeBlob(target.keyId, (await rowOf(target.keyId)).blob.subarray(0, -1));
    await expectRefusedAndAudited(target);
  });

  it('gets nothing from replaying an older version, be it the sealed key alone or the whole row', async () => {
    for (const isWholeRow of [false, true]) {
      const target = await newTarget();
      const old = await rowOf(target.keyId);
      await target.world.owner.post(`/api/keys/${target.keyId}/rotate`, { apiKey: providerKeys.openai(), skipTest: true });
      await writeBlob(target.keyId, old.blob);
      if (isWholeRow) await standalone.sql('UPDATE vault.credential SET key_version = $2, dek_id = $3, dek_version = $4 WHERE id = $1', [target.keyId, old.key_version, old.dek_id, old.dek_version]);
      upstream.reset();
      await expectRefusedAndAudited(target);
    }
  });

  it('gets nothing from giving a key to another owner or another org', async () => {
    const [target, thief] = [await newTarget(), await newTarget()];
    await standalone.sql('UPDATE vault.credential SET owner_id = $2 WHERE id = $1', [thief.keyId, await thief.world.group('nobody')]);
    await standalone.sql(`UPDATE vault.credential SET blob = (SELECT blob FROM vault.credential WHERE id = $2) WHERE id = $1`, [target.keyId, thief.keyId]);
    await expectRefusedAndAudited(target);
  });

  it('gets nothing from pointing a key at a host of his own', async () => {
    const target = await newTarget();
    await standalone.sql(`UPDATE vault.credential SET config = config || '{"base_url": "https://attacker.example/v1"}' WHERE id = $1`, [target.keyId]);
    await expectRefusedAndAudited(target);
  });

  it('is found out by the verification of the audit when he rewrites history', async () => {
    const { world } = await newTarget();
    expect(await world.owner.get(`/api/orgs/${world.orgId}/audit/verify`)).toMatchObject({ ok: true });
    await standalone.sql('ALTER TABLE vault.audit DISABLE TRIGGER ALL');
    await standalone.sql(`UPDATE vault.audit SET actor_id = 'usr_00000000000000000000000000000000' WHERE org_id = $1 AND sequence = 1`, [world.orgId]);
    await standalone.sql('ALTER TABLE vault.audit ENABLE TRIGGER ALL');
    expect(await world.owner.get(`/api/orgs/${world.orgId}/audit/verify`)).toMatchObject({ ok: false, vault: { ok: false, firstBadSequence: 1 } });
  });
});
