import { createHash, createHmac } from 'node:crypto';
import { newToken } from '@byok/identity';
import { SCANNER_SECRET } from '../spec/test-api.js';
import { worldOfTwoTenants } from '../spec/two-tenants.js';

describe('reports of leaked tokens', () => {
  const world = worldOfTwoTenants();
  const newOne = async () => (await world.tenants.a.owner('POST', '/api/tokens', { name: 'leaky' })).body as { id: string; token: string };
  const report = (body: unknown, { secret = SCANNER_SECRET, time = Math.floor(Date.now() / 1000), sent = JSON.stringify(body) } = {}) => {
    const signature = createHmac('sha256', secret).update(`${time}.${JSON.stringify(body)}`).digest('hex');
    return world.api.as()('POST', '/api/secret-scanning/report', sent, { 'x-byok-signature': `t=${time},v1=${signature}` });
  };
  const auditOf = (id: string) => world.api.db.query<{ action: string; details: string; actor_id: string }>(`SELECT action, details, actor_id FROM identity.audit WHERE target_id = $1 AND action = 'token.leaked'`, [id]);

  it('end the token at once, say which were ours, and audit where it was seen but not the text', async () => {
    const made = await newOne();
    const other = newToken().text;
    const answer = await report([{ token: made.token, type: 'byok_token', url: `https://git.example.com/${made.token}`, source: 'content' }, { token: other }, { token: 'no token at all' }]);
    expect(answer.status).toBe(200);
    expect(answer.body.items.map(({ label }: { label: string }) => label)).toEqual(['true_positive', 'false_positive', 'false_positive']);
    expect(answer.body.items[0].token_hash).toBe(createHash('sha256').update(made.token).digest('base64'));
    expect(answer.text).not.toContain(made.token);
    expect((await world.api.as(made.token)('GET', '/api/me')).body.code).toBe('token_revoked');
    const [row] = await auditOf(made.id);
    expect(row).toMatchObject({ actor_id: 'secret-scanning', details: expect.stringContaining('git.example.com') });
    expect(row!.details).not.toContain('byok_live');
  });

  it('F16 said twice have one effect', async () => {
    const made = await newOne();
    const [first, second] = [await report([{ token: made.token }]), await report([{ token: made.token }])];
    expect([first.status, second.status, second.body]).toEqual([200, 200, first.body]);
    expect(await auditOf(made.id)).toHaveLength(1);
  });

  it('F16 F17 that are old, altered or signed by somebody else end nothing', async () => {
    const made = await newOne();
    const body = [{ token: made.token }];
    expect((await report(body, { time: Math.floor(Date.now() / 1000) - 301 })).status).toBe(400);
    expect((await report(body, { sent: `${JSON.stringify(body)} ` })).status).toBe(401);
    expect((await report([{ token: newToken().text }], { sent: JSON.stringify(body) })).status).toBe(401);
    expect((await report(body, { secret: 'x'.repeat(32) })).status).toBe(401);
    expect((await world.api.as()('POST', '/api/secret-scanning/report', body)).status).toBe(401);
    expect((await world.api.as()('POST', '/api/secret-scanning/report', 'nothing that could be read')).body.code).toBe('malformed_json');
    expect((await world.api.as(made.token)('GET', '/api/me')).status).toBe(200);
  });

  it('of the secret before the present one end that alone', async () => {
    const made = await newOne();
    const rotated = (await world.tenants.a.owner('POST', `/api/tokens/${made.id}/rotate`, { overlapSeconds: 3600 })).body;
    expect((await report([{ token: made.token }])).body.items[0].label).toBe('true_positive');
    expect((await world.api.as(made.token)('GET', '/api/me')).body.code).toBe('token_invalid');
    expect((await world.api.as(rotated.token)('GET', '/api/me')).status).toBe(200);
  });

  it('are bounded', async () => {
    expect((await report(Array(101).fill({ token: 'x' }))).status).toBe(400);
    expect((await report([])).status).toBe(400);
    expect((await report({ token: 'x' })).status).toBe(400);
  });
});
