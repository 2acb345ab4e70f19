import { startFakeUpstream, type FakeUpstream } from '@byok/testing';
import { eventually } from '../support/eventually.js';
import { chat } from '../support/gateway-client.js';
import { startStandalone, type Standalone } from '../support/start-standalone.js';
import { newWorldWithKey } from '../support/world.js';

const LIMIT_MS = 5_000;

let upstream: FakeUpstream;
let standalone: Standalone;

beforeAll(async () => {
  upstream = await startFakeUpstream();
  standalone = await startStandalone({ upstream });
});
afterAll(async () => {
  await standalone?.stop();
  await upstream?.close();
});

/** The first answer that is not 200 after the change, if one comes in time. */
const firstRefusal = (token: string) => eventually(() => chat(standalone.gatewayUrl, token), (answer) => answer.status !== 200, LIMIT_MS);

describe('somebody leaves', () => {
  it('refuses their next call within 5 s of leaving the group, and says whose keys were looked at', async () => {
    const { world, person, groupId } = await newWorldWithKey(standalone, 'Leaver');
    expect((await chat(standalone.gatewayUrl, person.token)).status).toBe(200);
    await world.owner.delete(`/api/orgs/${world.orgId}/groups/${groupId}/members/${person.id}`);
    const refusal = await firstRefusal(person.token);
    expect(refusal.status).toBe(403);
    expect(refusal.body['error']).toMatchObject({ code: 'no_key_available' });
    const seen = upstream.witness().length;
    await chat(standalone.gatewayUrl, person.token);
    expect(upstream.witness()).toHaveLength(seen);
  });

  it('refuses a revoked token within 5 s', async () => {
    const { world, person } = await newWorldWithKey(standalone, 'Revoked');
    expect((await chat(standalone.gatewayUrl, person.token)).status).toBe(200);
    await world.owner.delete(`/api/tokens/${person.tokenId}`);
    const refusal = await firstRefusal(person.token);
    expect([refusal.status, refusal.body['error'].code]).toEqual([401, 'token_revoked']);
  });

  it('refuses a disabled user within 5 s', async () => {
    const { world, person } = await newWorldWithKey(standalone, 'Disabled');
    expect((await chat(standalone.gatewayUrl, person.token)).status).toBe(200);
    await world.owner.patch(`/api/orgs/${world.orgId}/users/${person.id}`, { status: 'disabled' });
    expect((await firstRefusal(person.token)).status).toBe(401);
  });

  it('stops using a disabled key within 5 s, and uses it again when it is enabled', async () => {
    const { world, person, keyId } = await newWorldWithKey(standalone, 'Disabled key');
    expect((await chat(standalone.gatewayUrl, person.token)).status).toBe(200);
    await world.owner.post(`/api/keys/${keyId}/disable`);
    expect((await firstRefusal(person.token)).status).not.toBe(200);
    await world.owner.post(`/api/keys/${keyId}/enable`);
    expect((await eventually(() => chat(standalone.gatewayUrl, person.token), (answer) => answer.status === 200, LIMIT_MS)).status).toBe(200);
  });

  it('sends the new key within 5 s of a rotation, and never the old one again', async () => {
    const { world, person, keyId, secret } = await newWorldWithKey(standalone, 'Rotated');
    expect((await chat(standalone.gatewayUrl, person.token)).status).toBe(200);
    const next = `${secret}next`;
    await world.owner.post(`/api/keys/${keyId}/rotate`, { apiKey: next, skipTest: true });
    await eventually(async () => (await chat(standalone.gatewayUrl, person.token), upstream.witness().at(-1)?.key), (key) => key === next, LIMIT_MS);
    upstream.reset();
    await Promise.all(Array.from({ length: 5 }, () => chat(standalone.gatewayUrl, person.token)));
    expect(new Set(upstream.witness().map((row) => row.key))).toEqual(new Set([next]));
  });
});
