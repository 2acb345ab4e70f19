import { generateKeyPairSync } from 'node:crypto';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createLog, openCheckpoints, openDatabase } from '@byok/platform';
import { DEPS, type AdminDeps } from '../deps.js';
import { auditRefusals } from './audit-refusals.js';
import { worldOfTwoTenants } from '../spec/two-tenants.js';

type Row = { chain: string; sequence: number; action: string; outcome: string; targetId: string; actorId: string; details: Record<string, unknown> };

describe('the audit of an org', () => {
  const world = worldOfTwoTenants();
  const path = (name = '') => `/api/orgs/${world.tenants.a.org}/audit${name}`;
  const rows = async () => (await world.tenants.a.owner('GET', path('?limit=200'))).body.items as Row[];

  it('I04 shows who was refused, where and why', async () => {
    const { a } = world.tenants;
    expect((await a.member('GET', path())).status).toBe(403);
    const [newest] = await rows();
    expect(newest).toMatchObject({ chain: 'identity', action: 'authz.denied', outcome: 'denied', actorId: a.memberId, details: { method: 'GET', route: '/api/orgs/:org/audit', code: 'forbidden' } });
  });

  it('I04 shows calls that gateways denied, once with their number, to the org of the token alone', async () => {
    const { a, b } = world.tenants;
    const { id } = (await a.owner('POST', '/api/tokens', { name: 'denied' })).body as { id: string };
    for (const [code, count] of [['token_revoked', 3], ['model_not_allowed', 1], ['token_revoked', 2]] as const) await asOwnerOfTables(`SELECT identity.note_denied_call('${id}', '${code}', ${count})`);
    await asOwnerOfTables(`SELECT identity.note_denied_call('tok_${'0'.repeat(32)}', 'token_revoked', 1)`);
    await auditRefusals(world.api.db);
    await auditRefusals(world.api.db);
    const denied = (await rows()).filter((row) => row.action === 'call.denied');
    expect(denied.map(({ outcome, actorId, details }) => [outcome, actorId, details['reason'], details['count']]).sort()).toEqual([['denied', id, 'model_not_allowed', 1], ['denied', id, 'token_revoked', 5]]);
    const ofB = (await b.owner('GET', `/api/orgs/${b.org}/audit?limit=200`)).body.items as Row[];
    expect(ofB.filter((row) => row.action === 'call.denied')).toEqual([]);
  });

  it('I06 shows when somebody of the platform looked into the org, at what and why, before they saw it', async () => {
    const { a, b } = world.tenants;
    const before = (await rows()).length;
    expect((await world.tenants.operator('GET', `/api/orgs/${a.org}/users`, undefined, { 'x-byok-reason': 'ticket 4711: sign-in fails' })).status).toBe(200);
    await world.tenants.operator('GET', `/api/usage?org=${a.org}`);
    const visits = (await rows()).filter((row) => row.action === 'operator.read');
    expect(visits.map(({ details }) => [details['route'], details['reason']])).toEqual([['/api/usage', 'none given'], ['/api/orgs/:org/users', 'ticket 4711: sign-in fails']]);
    expect(new Set(visits.map((row) => row.actorId)).size).toBe(1);
    expect((await rows()).length).toBe(before + 2);
    await b.owner('GET', `/api/orgs/${b.org}/users`);
    await asOwnerOfTables(`ALTER TABLE identity.audit ADD CONSTRAINT disk_full CHECK (action <> 'operator.read') NOT VALID`);
    const unseen = await world.tenants.operator('GET', `/api/orgs/${a.org}/users`);
    await asOwnerOfTables('ALTER TABLE identity.audit DROP CONSTRAINT disk_full');
    expect([unseen.status, unseen.text.includes('alpha.test')]).toEqual([500, false]);
  });

  it('D09 withholds a key that somebody put into a path', async () => {
    const { a } = world.tenants;
    const secret = 'sk-proj-c4n4ryC4N4RYc4n4ry0123456789';
    expect((await a.owner('GET', `/api/keys/${secret}`)).status).toBe(404);
    const all = JSON.stringify(await rows());
    expect(all).toContain('[withheld]');
    expect(all).not.toContain('c4n4ry');
  });

  it('is taken as a file with every row of both chains, and the file begins with the row that says who took it', async () => {
    const { a, b } = world.tenants;
    const file = await a.owner('GET', path('/export'));
    expect([file.status, file.headers['content-type'], file.headers['content-disposition']]).toEqual([200, 'application/x-ndjson; charset=utf-8', 'attachment; filename="audit.ndjson"']);
    const lines = file.text.trim().split('\n').map((line) => JSON.parse(line) as Row);
    expect(lines).toEqual(await rows());
    expect(lines[0]).toMatchObject({ chain: 'identity', action: 'audit.export', outcome: 'allowed', targetId: a.org, details: { format: 'ndjson' } });
    expect(new Set(lines.map((line) => line.chain))).toEqual(new Set(['identity', 'vault']));
    expect(file.text).not.toContain(b.org);

    const table = (await a.owner('GET', path('/export?format=csv'))).text.trim().split('\r\n');
    expect(table[0]).toBe('chain,sequence,at,action,outcome,actorId,targetId,details');
    expect(table).toHaveLength(lines.length + 2);
    expect([(await a.member('GET', path('/export'))).status, (await b.owner('GET', path('/export'))).status, (await a.owner('GET', path('/export?format=xml'))).status]).toEqual([403, 404, 400]);
  });

  it('H12 is not exported when that cannot be written down', async () => {
    await asOwnerOfTables('ALTER TABLE identity.audit ADD CONSTRAINT disk_full CHECK (action <> \'audit.export\') NOT VALID');
    const refused = await world.tenants.a.owner('GET', path('/export'));
    await asOwnerOfTables('ALTER TABLE identity.audit DROP CONSTRAINT disk_full');
    expect(refused.status).toBe(500);
    expect(refused.text).not.toContain('key.store');
  });

  it('I01 is held against the checkpoints: a tail that went with its head is missed', async () => {
    const { a } = world.tenants;
    const deps = world.api.app.get<AdminDeps>(DEPS);
    const key = generateKeyPairSync('ed25519').privateKey;
    deps.checkpoints = openCheckpoints({ db: deps.db.acrossOrgs(), table: 'identity.audit', file: join(mkdtempSync(join(tmpdir(), 'byok-')), 'identity.jsonl'), key, log: deps.log });
    await deps.checkpoints.write();
    const before = (await a.owner('GET', path('/verify'))).body;
    expect(before).toMatchObject({ ok: true, identity: { ok: true, checkpoint: { sequence: before.identity.rows } } });
    const kept = before.identity.rows - 2;
    await asOwnerOfTables(`ALTER TABLE identity.audit DISABLE TRIGGER ALL; DELETE FROM identity.audit WHERE org_id = '${a.org}' AND sequence > ${kept};
      UPDATE identity.audit_head SET sequence = ${kept}, hash = (SELECT hash FROM identity.audit WHERE org_id = '${a.org}' AND sequence = ${kept}) WHERE org_id = '${a.org}'; ALTER TABLE identity.audit ENABLE TRIGGER ALL`);
    expect((await a.owner('GET', path('/verify'))).body).toMatchObject({ ok: false, identity: { ok: false, firstBadSequence: kept + 1 }, vault: { ok: true } });
  });

  it('I07 has no neighbour that gives keys out, one or many: no answer of the API has a place for a provider’s key', async () => {
    const document = (await world.api.as()('GET', '/api/openapi.json')).body as OpenApi;
    const suspicious = /secret|apikey|api_key|plaintext|ciphertext|blob|password|credential/i;
    const found = Object.entries(document.paths).flatMap(([route, methods]) =>
      Object.entries(methods).flatMap(([method, { responses }]) => [...fieldsOf(responses, document)].filter((field) => suspicious.test(field)).map((field) => `${method} ${route} ${field}`)),
    );
    // A time, the word "is this field a secret", and ours, made here and shown once: what a webhook's receiver checks signatures with.
    const harmless = / has[A-Z]\w+$|(Since|Until)$|^get \/api\/byok\/providers secret$|^post \/api\/webhooks secret$/;
    expect(found).toContain('post /api/webhooks secret');
    expect(found.filter((each) => !harmless.test(each))).toEqual([]);
    expect(Object.keys(document.paths).filter((route) => /keys.*(export|download|reveal|plain|secret|open|dump)/i.test(route))).toEqual([]);
  });

  async function asOwnerOfTables(sql: string): Promise<void> {
    const tables = await openDatabase({ url: world.ownerUrl, applicationName: 'spec', log: createLog('spec', 'fatal') });
    for (const statement of sql.split(';')) await tables.query(statement);
    await tables.close();
  }
});

interface OpenApi {
  paths: Record<string, Record<string, { responses: unknown }>>;
  components: { schemas: Record<string, unknown> };
}

/** The names of all fields under a schema, through its references. */
function fieldsOf(node: unknown, document: OpenApi, seen = new Set<unknown>(), found = new Set<string>()): Set<string> {
  if (typeof node !== 'object' || node === null || seen.has(node)) return found;
  seen.add(node);
  for (const [name, value] of Object.entries(node)) {
    if (name === '$ref' && typeof value === 'string') fieldsOf(document.components.schemas[value.split('/').at(-1)!], document, seen, found);
    if (name === 'properties') Object.keys(value as object).forEach((field) => found.add(field));
    fieldsOf(value, document, seen, found);
  }
  return found;
}
