import { eventually } from '../support/eventually.js';
import { chat, HELLO } from '../support/gateway-client.js';
import { standaloneOfSuite } from '../support/standalone-of-suite.js';
import { newWorldWithKey } from '../support/world.js';

const LIMIT_MS = 5_000;

const { upstream, standalone } = standaloneOfSuite();

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

  it('A07 refuses the call within 5 s of the end of a membership that was granted for a while', async () => {
    const { world, groupId } = await newWorldWithKey(standalone, 'Guest');
    const guest = await world.person('guest');
    const asked = await (await world.session(guest)).post('/api/requests', { group: groupId, reason: 'a demo' });
    const expiresAt = new Date(Date.now() + 4_000);
    await world.owner.post(`/api/requests/${asked['id']}/grant`, { expiresAt: expiresAt.toISOString() });
    const first = await eventually(() => chat(standalone.gatewayUrl, guest.token), (answer) => answer.status === 200, 3_000);
    // A machine that is busy for four seconds has seen the grant come and go.
    if (Date.now() < expiresAt.getTime()) expect(first.status).toBe(200);
    const refusal = await eventually(() => chat(standalone.gatewayUrl, guest.token), (answer) => answer.status !== 200, expiresAt.getTime() + LIMIT_MS - Date.now());
    expect(refusal.body['error']).toMatchObject({ code: 'no_key_available' });
  });

  it('stops a sealed key within 5 s and cuts the stream that runs with it; unsealed and given to the org, it serves others', async () => {
    const { world, person, keyId } = await newWorldWithKey(standalone, 'Sealed');
    const calm = upstream.behave({ textTokens: 20_000, betweenEventsMs: 10 });
    const headers = { 'content-type': 'application/json', authorization: `Bearer ${person.token}` };
    const answer = await fetch(`${standalone.gatewayUrl}/v1/chat/completions`, { method: 'POST', headers, body: JSON.stringify({ model: 'gpt-4o-mini', messages: HELLO, stream: true }) });
    const stream = answer.text().then(() => 'whole', () => 'cut');
    expect(await world.owner.post(`/api/keys/${keyId}/seal`, { reason: 'leaked', cutStreams: true })).toMatchObject({ status: 'disabled', statusReason: 'Sealed: leaked' });
    expect(await stream).toBe('cut');
    calm();
    expect((await firstRefusal(person.token)).status).not.toBe(200);
    expect(await world.owner.get(`/api/keys/${keyId}/blast-radius`)).toMatchObject({ seal: { reason: 'leaked', cutStreams: true }, members: [{ id: person.id }] });
    await world.owner.post(`/api/keys/${keyId}/unseal`, {});
    const stranger = await world.person('bob');
    expect(await world.owner.post(`/api/keys/${keyId}/transfer`, { owner: { type: 'org' } })).toMatchObject({ owner: { type: 'org' }, version: 2, status: 'active' });
    expect((await eventually(() => chat(standalone.gatewayUrl, stranger.token), (answer) => answer.status === 200, LIMIT_MS)).status).toBe(200);
  });
});
