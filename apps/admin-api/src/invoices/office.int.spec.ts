import { worldOfTwoTenants } from '../spec/two-tenants.js';

const PRICE = { provider: 'acme', model: 'm', rates: { input: '1.5', output: '3' }, source: 'contract 7' };
const world = worldOfTwoTenants();

const asked = (method: string) => world.api.neighbours.office.asked.filter((each) => each.method === method);
const auditOf = async (org: string) => ((await world.tenants.operator('GET', `/api/orgs/${org}/audit?limit=100`)).body.items as { action: string }[]).map((row) => row.action);

describe('prices over HTTP', () => {
  it('are set by the operator alone, and written down', async () => {
    const { operator, a } = world.tenants;
    for (const who of [a.owner, a.member]) {
      expect((await who('PUT', '/api/prices/overrides', PRICE)).status).toBe(403);
      expect((await who('PUT', `/api/orgs/${a.org}/prices`, PRICE)).status).toBe(403);
      expect((await who('POST', '/api/prices/imports', {})).status).toBe(403);
      expect((await who('POST', `/api/orgs/${a.org}/rerate`, { from: '2026-10-01T00:00:00Z', to: '2026-11-01T00:00:00Z' })).status).toBe(403);
    }
    expect(asked('putPrice')).toEqual([]);
    expect((await operator('PUT', '/api/prices/overrides', PRICE)).body).toMatchObject({ id: 'prc_1', layer: 'override', org: null, rates: { input: '1.5', output: '3' } });
    expect((await operator('PUT', `/api/orgs/${a.org}/prices`, { ...PRICE, rates: null })).body).toMatchObject({ layer: 'contract', org: a.org });
    expect(asked('putPrice').map(({ request }) => [request['orgId'], request['rates']])).toEqual([['', { input: '1.5', output: '3' }], [a.org, {}]]);
    expect(await auditOf(a.org)).toContain('price.contract-withdraw');
    expect((await operator('PUT', '/api/orgs/org_nobody/prices', PRICE)).status).toBe(404);
    for (const rates of [{}, { input: '-1' }, { pages: '1' }, { input: 1 }]) expect((await operator('PUT', '/api/prices/overrides', { ...PRICE, rates })).status).toBe(400);
  });

  it('are read with those of one’s own contract', async () => {
    const { a, b } = world.tenants;
    expect((await a.member('GET', '/api/prices?provider=acme&model=m')).body.items).toHaveLength(2);
    expect(asked('listPrices').at(-1)!.request).toMatchObject({ orgId: a.org, provider: 'acme', model: 'm' });
    expect((await a.owner('GET', `/api/prices?org=${b.org}`)).status).toBe(404);
    expect((await world.api.as()('GET', '/api/prices')).status).toBe(401);
  });

  it('are previewed before they are imported or charged anew', async () => {
    const { operator, a } = world.tenants;
    const file = { source: 'list', prices: [{ provider: 'acme', model: 'm', rates: { input: '1' } }] };
    expect((await operator('POST', '/api/prices/imports', { file, dryRun: true })).body).toMatchObject({ dryRun: true, changes: [{ change: 'added', before: null, after: { input: '1' } }] });
    expect((await operator('POST', `/api/orgs/${a.org}/rerate`, { from: '2026-10-01T00:00:00Z', to: '2026-11-01T00:00:00Z' })).body).toMatchObject({ dryRun: true, events: 1 });
    expect(await auditOf(a.org)).not.toContain('ledger.rerate');
    await operator('POST', `/api/orgs/${a.org}/rerate`, { from: '2026-10-01T00:00:00Z', to: '2026-11-01T00:00:00Z', dryRun: false });
    expect(await auditOf(a.org)).toContain('ledger.rerate');
  });
});

describe('invoices over HTTP', () => {
  it('are read by those who look after money, in the format of their name', async () => {
    const { a, b } = world.tenants;
    expect((await a.owner('GET', `/api/orgs/${a.org}/invoices`)).body.items).toMatchObject([{ number: 'INV-000001', closingBalanceUsd: '4.00' }, { kind: 'credit_note', closingBalanceUsd: null }]);
    const pdf = await a.owner('GET', `/api/orgs/${a.org}/invoices/2026-10.pdf`);
    expect([pdf.status, pdf.text, pdf.headers['content-type'], pdf.headers['content-disposition'], pdf.headers['etag']]).toEqual([200, 'the pdf', 'application/pdf', 'attachment; filename="INV-000001.pdf"', `"${'b'.repeat(64)}"`]);
    expect((await a.owner('GET', `/api/orgs/${a.org}/invoices/2026-10`)).body).toEqual({ totalUsd: '1.00' });
    expect((await a.owner('GET', `/api/orgs/${a.org}/invoices/2026-10.csv`)).headers['content-type']).toMatch('text/csv');
    expect(asked('getInvoice').map(({ request }) => [request['orgName'], request['format']])).toEqual([['alpha', 'pdf'], ['alpha', 'json'], ['alpha', 'csv']]);
    expect((await a.owner('GET', `/api/orgs/${a.org}/invoices/2026-10/lines/1/events`)).body.items).toMatchObject([{ kind: 'journal', user: null, markupPercent: '12.50', note: 'a top-up' }]);
    expect((await a.member('GET', `/api/orgs/${a.org}/invoices`)).status).toBe(403);
    for (const path of ['invoices', 'invoices/2026-10', 'invoices/2026-10/lines/1/events']) expect((await a.owner('GET', `/api/orgs/${b.org}/${path}`)).status).toBe(404);
    for (const name of ['2026-13', '2026-10.exe', 'x']) expect((await a.owner('GET', `/api/orgs/${a.org}/invoices/${name}`)).status).toBe(404);
  });

  it('are closed and credited by the operator alone, and written down', async () => {
    const { operator, a } = world.tenants;
    const note = { amountUsd: '0.50', reason: 'an outage', reference: 'A' };
    for (const who of [a.owner, a.member]) {
      expect((await who('POST', `/api/orgs/${a.org}/invoices/2026-10/finalise`)).status).toBe(403);
      expect((await who('POST', `/api/orgs/${a.org}/invoices/2026-10/credit-notes`, note)).status).toBe(403);
    }
    expect((await operator('POST', `/api/orgs/${a.org}/invoices/2026-10/finalise`)).body).toMatchObject({ number: 'INV-000001', sha256: { pdf: 'a'.repeat(64) } });
    expect((await operator('POST', `/api/orgs/${a.org}/invoices/2026-10/credit-notes`, note))).toMatchObject({ status: 201, body: { number: 'CN-000001', journal: 'jrn_2' } });
    expect((await operator('POST', `/api/orgs/${a.org}/invoices/2026-10/credit-notes`, { ...note, amountUsd: '0.005' })).status).toBe(400);
    expect(await auditOf(a.org)).toEqual(expect.arrayContaining(['invoice.finalise', 'invoice.credit-note']));
  });
});

describe('reconciliations over HTTP', () => {
  it('are the operator’s', async () => {
    const { operator, a } = world.tenants;
    const csv = { provider: 'openai', format: 'generic', csv: 'date,amount\n2026-10-01,1' };
    const adjustment = { org: a.org, amountUsd: '-0.10', reason: 'cache', reference: 'x' };
    expect((await a.owner('POST', '/api/reconciliations', csv)).status).toBe(403);
    expect((await a.owner('GET', '/api/reconciliations')).status).toBe(403);
    expect((await a.owner('POST', '/api/reconciliations/rec_1/adjustments', adjustment)).status).toBe(403);
    expect(await operator('POST', '/api/reconciliations', csv)).toMatchObject({ status: 201, body: { id: 'rec_1', theirsUsd: '1.00' } });
    expect((await operator('GET', '/api/reconciliations')).body.items).toHaveLength(1);
    expect((await operator('GET', '/api/reconciliations/rec_1?by=day')).body).toMatchObject({ id: 'rec_1', differenceUsd: '0.10', items: [{ day: '2026-10-01', key: null }] });
    expect((await operator('GET', '/api/reconciliations/rec_1?by=moon')).status).toBe(400);
    expect(await operator('POST', '/api/reconciliations/rec_1/adjustments', adjustment)).toMatchObject({ status: 201, body: { id: 'jrn_3', org: a.org, amountUsd: '-0.10' } });
    expect((await operator('POST', '/api/reconciliations/rec_1/adjustments', { ...adjustment, org: 'org_nobody' })).status).toBe(404);
    expect(await auditOf(a.org)).toContain('ledger.adjust');
  });
});
