import { createLog, openDatabase, type Database } from '@byok/platform';
import { PASSWORD, type Caller } from '../spec/test-api.js';
import { worldOfTwoTenants, type Tenant } from '../spec/two-tenants.js';

interface Line {
  line: number;
  kind: string;
  subjectId: string;
  objectId: string;
  detail: string;
  people: string[];
  decision: string | null;
}

describe('an access review', () => {
  const world = worldOfTwoTenants();
  let number = 0;

  const vault = () => world.api.neighbours.vault;
  const pathOf = ({ org }: Tenant): string => `/api/orgs/${org}/access-reviews`;
  const start = async (tenant: Tenant): Promise<string> => (await tenant.owner('POST', pathOf(tenant), { name: 'Q4' })).body.id as string;
  const linesOf = async (tenant: Tenant, review: string): Promise<Line[]> => (await tenant.owner('GET', `${pathOf(tenant)}/${review}/lines?limit=1000`)).body.items as Line[];
  const decide = (tenant: Tenant, review: string, decisions: object[], by: Caller = tenant.owner) => by('POST', `${pathOf(tenant)}/${review}/decisions`, { decisions });
  const keepRest = async (tenant: Tenant, review: string): Promise<void> => {
    const open = (await linesOf(tenant, review)).filter(({ decision }) => decision === null).map(({ line }) => ({ line, decision: 'keep' }));
    if (open.length > 0) expect((await decide(tenant, review, open)).body.undecided).toBe(0);
  };
  const newUser = async ({ owner, org }: Tenant, role = 'member'): Promise<{ id: string; caller: Caller }> => {
    const email = `reviewed-${number++}@alpha.test`;
    const { id } = (await owner('POST', `/api/orgs/${org}/users`, { email, name: `R${number}`, role, password: PASSWORD })).body;
    return { id, caller: await world.api.signIn(email) };
  };
  const storeFor = async (caller: Caller, owner: object, over = {}): Promise<string> => (await caller('POST', '/api/keys', { owner, provider: 'openai', apiKey: `sk-reviewed-key-no-${number++}`, ...over })).body.id as string;

  it('sees every role, membership, key, grant and token of the org, and of no other', async () => {
    const { a, b } = world.tenants;
    const guest = await newUser(a);
    const listed = await storeFor(a.owner, { type: 'org' }, { allowedUsers: [a.memberId] });
    vault().uses.set(listed, { keyId: listed, seal: null, grants: [{ userId: guest.id, until: '2030-01-01T00:00:00.000Z' }], runningCalls: 0, openStreams: 0, toldAt: '' });
    const { status, body } = await a.owner('POST', pathOf(a), { name: 'Q4' });
    expect([status, body.status, body.undecided === body.lines, body.attestation]).toEqual([201, 'open', true, null]);
    const lines = await linesOf(a, body.id as string);
    expect(lines).toHaveLength(body.lines as number);
    const seen = (kind: string, subjectId: string, objectId: string) => lines.filter((line) => line.kind === kind && line.subjectId === subjectId && line.objectId === objectId);
    expect(seen('role', a.memberId, a.org)).toMatchObject([{ detail: 'member' }]);
    expect(seen('membership', a.memberId, a.group)).toMatchObject([{ detail: 'member' }]);
    expect(seen('key', a.group, a.key)).toMatchObject([{ detail: 'everybody in it: 1', people: [a.memberId] }]);
    expect(seen('key', a.memberId, listed)).toMatchObject([{ detail: 'on the allow-list' }]);
    expect(seen('grant', guest.id, listed)).toMatchObject([{ detail: 'until 2030-01-01T00:00:00.000Z' }]);
    expect(seen('token', a.group, a.token)).toMatchObject([{ detail: 'a service, calls models' }]);
    expect(lines.some(({ subjectId, objectId }) => [b.memberId, b.group, b.key, b.org].some((id) => id === subjectId || id === objectId))).toBe(false);
  });

  it('acts when it revokes: a role, a member, a membership, a token, a place on a list, a key', async () => {
    const { a } = world.tenants;
    const [admin, member, other] = [await newUser(a, 'admin'), await newUser(a), await newUser(a)];
    const group = (await a.owner('POST', `/api/orgs/${a.org}/groups`, { name: 'reviewed' })).body.id as string;
    await a.owner('PUT', `/api/orgs/${a.org}/groups/${group}/members/${other.id}`, {});
    const token = (await other.caller('POST', '/api/tokens', { name: 'reviewed' })).body.id as string;
    const [listed, lonely, personal] = [
      await storeFor(a.owner, { type: 'org' }, { allowedUsers: [admin.id, other.id] }),
      await storeFor(a.owner, { type: 'org' }, { allowedUsers: [other.id] }),
      await storeFor(other.caller, { type: 'user' }),
    ];
    vault().uses.set(lonely, { keyId: lonely, seal: null, grants: [{ userId: member.id, until: '2030-01-01T00:00:00.000Z' }], runningCalls: 0, openStreams: 0, toldAt: '' });
    const review = await start(a);
    const lines = await linesOf(a, review);
    const revoked = lines.filter(
      ({ kind, subjectId, objectId }) =>
        (kind === 'role' && [admin.id, member.id].includes(subjectId)) || (kind === 'membership' && objectId === group) || objectId === token || (kind === 'grant' && objectId === lonely) || (kind === 'key' && subjectId === other.id && [listed, lonely, personal].includes(objectId)),
    );
    expect(revoked).toHaveLength(8);
    const { body } = await decide(a, review, revoked.map(({ line }) => ({ line, decision: 'revoke', note: 'not needed' })));
    expect((body.items as object[]).filter((item) => !('done' in item && item.done === true))).toEqual([]);
    expect((await a.owner('GET', `/api/orgs/${a.org}/users/${admin.id}`)).body).toMatchObject({ role: 'member', status: 'active' });
    expect((await a.owner('GET', `/api/orgs/${a.org}/users/${member.id}`)).body).toMatchObject({ status: 'disabled' });
    expect((await a.owner('GET', `/api/orgs/${a.org}/groups/${group}/members`)).body.items).toEqual([]);
    expect((await a.owner('GET', `/api/tokens/${token}`)).body.revokedAt).not.toBeNull();
    expect(vault().keys.get(listed)).toMatchObject({ allowedUsers: [admin.id], status: 'active' });
    // Without its last name the list would be everybody's: the key stops.
    expect([vault().keys.get(lonely), vault().keys.get(personal)]).toMatchObject([{ allowedUsers: [other.id], statusReason: `Sealed: Access review ${review}` }, { statusReason: `Sealed: Access review ${review}` }]);
    expect(vault().uses.get(lonely)!.grants).toEqual([]);
    expect((await decide(a, review, [{ line: revoked[0]!.line, decision: 'keep' }])).body.items).toMatchObject([{ done: false, problem: expect.stringContaining('was revoked') as string }]);
  });

  it('goes on after a line that cannot be decided, and says why', async () => {
    const { a } = world.tenants;
    const review = await start(a);
    const owner = (await linesOf(a, review)).find(({ kind, detail }) => kind === 'role' && detail === 'owner')!;
    const { body } = await decide(a, review, [{ line: owner.line, decision: 'revoke' }, { line: 99_999, decision: 'keep' }, { line: 1, decision: 'keep' }]);
    expect(body.items).toMatchObject([{ done: false, problem: expect.stringContaining('last owner') as string }, { done: false, problem: 'There is no such line.' }, { line: 1, done: true }]);
  });

  it('is closed only when every line is decided, by a person, with their name and the hash of what they saw', async () => {
    const { a } = world.tenants;
    const review = await start(a);
    const close = (by: Caller = a.owner) => by('POST', `${pathOf(a)}/${review}/close`, { name: 'Olivia Owner, CISO' });
    expect((await close()).body).toMatchObject({ status: 409, code: 'conflict' });
    await keepRest(a, review);
    const service = (await a.owner('POST', '/api/tokens', { name: 'robot', user: null, managementScopes: ['review:update', 'review:read'] })).body.token as string;
    expect((await close(world.api.as(service))).status).toBe(403);
    const { body } = await close();
    expect(body).toMatchObject({ status: 'closed', undecided: 0, attestation: { name: 'Olivia Owner, CISO', linesHash: expect.stringMatching(/^[0-9a-f]{64}$/) as string, isIntact: true } });
    expect((await close()).status).toBe(409);
    expect((await decide(a, review, [{ line: 1, decision: 'revoke' }])).status).toBe(409);
    const audit = await a.owner('GET', `/api/orgs/${a.org}/audit`);
    expect(audit.body.items).toContainEqual(expect.objectContaining({ action: 'review.close', targetId: review, details: expect.objectContaining({ linesHash: (body.attestation.linesHash as string).match(/.{8}/g)!.join(' ') }) as object }));
  });

  it('cannot be changed once closed, nor what it saw before, not even by the service’s own role; who can, is found out', async () => {
    const { a } = world.tenants;
    const review = await start(a);
    await expect(world.api.db.query(`UPDATE identity.access_review_line SET subject_name = 'x' WHERE review_id = $1`, [review])).rejects.toThrow();
    await keepRest(a, review);
    await a.owner('POST', `${pathOf(a)}/${review}/close`, { name: 'O' });
    for (const sql of [`UPDATE identity.access_review SET attested_name = 'x' WHERE id = $1`, `UPDATE identity.access_review_line SET decision = 'revoke' WHERE review_id = $1`, `DELETE FROM identity.access_review_line WHERE review_id = $1`, `DELETE FROM identity.access_review WHERE id = $1`])
      await expect(world.api.db.acrossOrgs().query(sql, [review])).rejects.toThrow();
    const database: Database = await openDatabase({ url: world.ownerUrl, applicationName: 'attacker', log: createLog('spec', 'fatal') });
    await database.query('ALTER TABLE identity.access_review_line DISABLE TRIGGER review_line_is_kept');
    await database.query(`UPDATE identity.access_review_line SET subject_name = 'somebody else' WHERE review_id = $1 AND line = 1`, [review]);
    await database.query('ALTER TABLE identity.access_review_line ENABLE TRIGGER review_line_is_kept');
    await database.close();
    expect((await a.owner('GET', `${pathOf(a)}/${review}`)).body.attestation.isIntact).toBe(false);
    expect((await a.owner('GET', `${pathOf(a)}/${review}/export.json`)).body.review.attestation.isIntact).toBe(false);
  });

  it('is read by auditors and admins, decided by admins, and known to no other tenant', async () => {
    const { a, b } = world.tenants;
    const auditor = await newUser(a, 'auditor');
    const review = await start(a);
    const path = `${pathOf(a)}/${review}`;
    expect([(await auditor.caller('GET', path)).status, (await auditor.caller('GET', `${path}/export.csv`)).status, (await decide(a, review, [{ line: 1, decision: 'keep' }], auditor.caller)).status]).toEqual([200, 200, 403]);
    expect([(await a.member('GET', path)).status, (await b.owner('GET', path)).status, (await b.owner('GET', `${pathOf(b)}/${review}`)).status]).toEqual([403, 404, 404]);
    expect([(await decide(b, review, [{ line: 1, decision: 'revoke' }])).status, (await b.owner('POST', `${pathOf(b)}/${review}/close`, { name: 'x' })).status, (await b.owner('GET', `${pathOf(b)}/${review}/lines`)).status]).toEqual([404, 404, 404]);
    expect((await b.owner('GET', pathOf(b))).body.items).toEqual([]);
    const csv = (await auditor.caller('GET', `${path}/export.csv`)).text.split('\r\n');
    expect(csv[0]).toBe('line,kind,subjectId,subjectName,objectId,objectName,detail,decision,note,decidedBy,decidedAt,people');
    expect(csv).toHaveLength((await linesOf(a, review)).length + 2);
  });
});
