import { worldOfTwoTenants } from '../spec/two-tenants.js';

const world = worldOfTwoTenants();

const GRANT = { amountUsd: '1.00', kind: 'paid', note: 'transfer 7', idempotencyKey: 'transfer-7' };
const REFUND = { eventId: 'evt_1', idempotencyKey: 'case-1' };
const creditsOf = (org: string, rest = '') => `/api/orgs/${org}/credits${rest}`;

describe('credits', () => {
  it('are granted by the operator alone, with an audit row, and seen by who may read the org’s money', async () => {
    const { operator, a } = world.tenants;
    const granted = await operator('POST', creditsOf(a.org, '/grants'), GRANT);
    expect([granted.status, granted.body]).toMatchObject([201, { kind: 'paid', amountUsd: '1.00', remainingUsd: '1.00', expiresAt: null, note: 'transfer 7' }]);
    expect(world.api.neighbours.billing.granted.at(-1)).toMatchObject({ orgId: a.org, idempotencyKey: 'transfer-7', expiresAt: '' });
    expect((await a.owner('POST', creditsOf(a.org, '/grants'), GRANT)).status).toBe(403);
    expect((await a.owner('GET', creditsOf(a.org))).body).toMatchObject({ balanceUsd: '0.00', heldUsd: '0.00', availableUsd: '0.00', lots: [{ amountUsd: '1.00' }] });
    expect((await a.owner('GET', creditsOf(a.org, '/journal'))).body.items).toMatchObject([{ kind: 'top_up', reverses: null, ref: { note: 'x' }, lines: [{ account: 'wallet', amountUsd: '1.00' }, { account: 'cash_clearing', amountUsd: '-1.00' }] }]);
    expect((await a.member('GET', creditsOf(a.org))).status).toBe(403);
    const audit = (await operator('GET', `/api/orgs/${a.org}/audit`)).body.items as { action: string; details: object }[];
    expect(audit.find((row) => row.action === 'credits.grant')?.details).toMatchObject({ amountUsd: '1.00', kind: 'paid', idempotencyKey: 'transfer-7' });
  });

  it('are refunded by the operator alone, with an audit row about the event', async () => {
    const { operator, a } = world.tenants;
    expect((await operator('POST', creditsOf(a.org, '/refunds'), REFUND)).body).toMatchObject({ eventId: 'evt_1', amountUsd: '0.50' });
    expect(world.api.neighbours.billing.refunded.at(-1)).toMatchObject({ orgId: a.org, eventId: 'evt_1', amountUsd: '' });
    expect((await a.owner('POST', creditsOf(a.org, '/refunds'), REFUND)).status).toBe(403);
    const audit = (await operator('GET', `/api/orgs/${a.org}/audit`)).body.items as { action: string; targetId: string }[];
    expect(audit.find((row) => row.action === 'credits.refund')?.targetId).toBe('evt_1');
  });

  it.each(['', '/journal'])('of another org, or of none, are not found at %j', async (path) => {
    const { operator, a, b } = world.tenants;
    expect((await b.owner('GET', creditsOf(a.org, path))).status).toBe(404);
    expect((await operator('GET', creditsOf('org_nobody', path))).status).toBe(404);
  });

  it('cannot be granted to another org’s or nobody’s account, nor in amounts that are none', async () => {
    const { operator, a, b } = world.tenants;
    expect((await b.owner('POST', creditsOf(a.org, '/grants'), GRANT)).status).toBe(404);
    expect((await operator('POST', creditsOf('org_nobody', '/grants'), GRANT)).status).toBe(404);
    for (const bad of [{ amountUsd: '0' }, { amountUsd: '-1.00' }, { amountUsd: 1 }, { kind: 'stolen' }, { idempotencyKey: '' }, { surprise: true }]) {
      expect((await operator('POST', creditsOf(a.org, '/grants'), { ...GRANT, ...bad })).status).toBe(400);
    }
  });
});
