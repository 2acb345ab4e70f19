import { worldOfTwoTenants } from '../spec/two-tenants.js';

const KEK = 'awskms:arn:aws:kms:eu-central-1:123456789012:key/00000000-0000-0000-0000-000000000001';

describe('an org’s own KEK and its seal, over HTTP', () => {
  const world = worldOfTwoTenants();

  it('an owner brings a KEK, sees it, and goes back to the operator’s', async () => {
    const { a } = world.tenants;
    const path = `/api/orgs/${a.org}/encryption`;
    const operators = { holder: 'operator', uri: null, version: null, state: 'ok', setAt: null, setBy: null, stopsWithinSeconds: null };
    expect((await a.owner('GET', path)).body).toEqual({ org: a.org, kek: operators, dataKeys: { total: 1, elsewhere: 0 }, sealed: null });
    const set = await a.owner('PUT', path, { kekUri: KEK });
    expect([set.status, set.body]).toEqual([200, expect.objectContaining({ kek: expect.objectContaining({ holder: 'organisation', uri: KEK, stopsWithinSeconds: 60 }) })]);
    expect((await a.owner('GET', path)).body).toEqual(set.body);
    expect((await a.owner('PUT', path, { kekUri: null })).body).toMatchObject({ kek: { holder: 'operator', uri: null } });
    for (const body of [{}, { kekUri: '' }, { kekUri: 7 }, { kekUri: 'x'.repeat(501) }, { kekUri: 'awskms:a\nb' }, { kekUri: null, more: 1 }]) expect((await a.owner('PUT', path, body)).status).toBe(400);
  });

  it('E17 seals and unseals; a member may neither, nor another tenant, nor the operator', async () => {
    const { a, b, operator } = world.tenants;
    const path = `/api/orgs/${a.org}/encryption`;
    const sealed = await a.owner('POST', `${path}/seal`);
    expect([sealed.status, sealed.body]).toEqual([200, expect.objectContaining({ sealed: { at: expect.any(String), by: expect.any(String) } })]);
    for (const [caller, status] of [[a.member, 403], [operator, 403], [b.owner, 404]] as const) {
      for (const [method, route, body] of [['POST', `${path}/seal`], ['POST', `${path}/unseal`], ['GET', path], ['PUT', path, { kekUri: null }]] as const) expect((await caller(method, route, body)).status).toBe(status);
    }
    expect((await a.owner('GET', path)).body).toMatchObject({ sealed: { at: expect.any(String) } });
    expect((await a.owner('POST', `${path}/unseal`)).body).toMatchObject({ sealed: null });
  });

  it('E14 says that the vault is not well when it cannot use a KEK', async () => {
    world.api.neighbours.vault.isReady = false;
    expect((await world.api.as()('GET', '/api/health')).body).toMatchObject({ status: 'degraded', vault: 'down', database: 'ok' });
    world.api.neighbours.vault.isReady = true;
  });
});
