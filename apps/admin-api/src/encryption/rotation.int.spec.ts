import { worldOfTwoTenants } from '../spec/two-tenants.js';

describe('rotation and rewrap over HTTP', () => {
  const world = worldOfTwoTenants();

  it('an owner gives their org a new data key, and sees how far it is and when a deleted org would be unreadable', async () => {
    const { a } = world.tenants;
    const started = await a.owner('POST', `/api/orgs/${a.org}/encryption/rotate`);
    expect([started.status, started.body]).toEqual([202, expect.objectContaining({ phase: 'idle', version: 2, pendingVersion: null, percent: 100, erasure: { graceDays: 7, backupDays: 35 } })]);
    expect((await a.owner('GET', `/api/orgs/${a.org}/encryption/rotation`)).body).toEqual(started.body);
  });

  it('a member may neither; nor may the operator in a tenant’s org', async () => {
    const { a, operator } = world.tenants;
    for (const caller of [a.member, operator]) {
      expect((await caller('POST', `/api/orgs/${a.org}/encryption/rotate`)).status).toBe(403);
      expect((await caller('GET', `/api/orgs/${a.org}/encryption/rotation`)).status).toBe(403);
    }
  });

  it('the platform’s encryption is the operator’s alone', async () => {
    const { a, operator } = world.tenants;
    const routes = [['GET', '/api/platform/encryption', 200], ['POST', '/api/platform/encryption/rewrap', 202], ['GET', '/api/platform/encryption/rotation', 200], ['POST', '/api/platform/encryption/rotate', 202]] as const;
    for (const [method, path, status] of routes) {
      expect([path, (await operator(method, path)).status]).toEqual([path, status]);
      expect([path, (await a.owner(method, path)).status]).toEqual([path, 403]);
    }
    expect((await operator('GET', '/api/platform/encryption')).body).toEqual({
      rewrap: { running: false, total: 1, left: 0, percent: 100, startedAt: null, finishedAt: null, lastError: null },
      keks: [{ kekUri: 'env:', kekVersion: 'env:1', rows: 1, isActive: true, safeToDisable: false, inBackupsUntil: null }],
      problems: [],
      erasures: [],
    });
  });
});
