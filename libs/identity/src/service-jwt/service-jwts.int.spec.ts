import { generateKeyPairSync } from 'node:crypto';
import { createLog, EVERY_ORG, openDatabase } from '@byok/platform';
import type { Database } from '@byok/platform';
import { testDatabase } from '@byok/testing';
import type { TestDatabase } from '@byok/testing';
import { exportJWK, exportSPKI, generateKeyPair, SignJWT } from 'jose';
import { authenticate } from '../authenticate.js';
import { principalOfToken } from '../principal-of.js';
import { isRefusal } from '../principal-row.js';
import { issueSessionToken } from '../session-token.js';
import { deleteGroup } from '../store/groups.store.js';
import { revokeToken, rotateToken } from '../store/tokens.store.js';
import { createTrustedIssuer, deleteTrustedIssuer, replaceTrustedIssuer, takeFailedJwts } from '../store/trusted-issuers.store.js';
import type { TrustedIssuer, TrustedIssuerInput } from '../store/trusted-issuers.store.js';
import { seedOrg } from '../store/two-orgs.builder.js';
import type { Seeded } from '../store/two-orgs.builder.js';
import { jwtIssuer } from './jwt-issuer.builder.js';
import type { JwtIssuer, MintOptions } from './jwt-issuer.builder.js';
import { ServiceJwts } from './service-jwts.js';

let test: TestDatabase;
let admin: Database;
let gateway: Database;
let vault: Database;
let seeded: Seeded;
let idp: JwtIssuer;
let trusted: TrustedIssuer;
let services: ServiceJwts;
let offset = 0;
let number = 0;
const clock = { now: () => Date.now() + offset };
const session = generateKeyPairSync('ed25519');

beforeAll(async () => {
  test = await testDatabase();
  const open = (role: 'admin' | 'gateway' | 'vault') => openDatabase({ url: test.url(role), applicationName: 'identity-test', log: createLog('test', 'silent'), scope: EVERY_ORG });
  [admin, gateway, vault] = await Promise.all([open('admin'), open('gateway'), open('vault')]);
});
beforeEach(async () => {
  offset = 0;
  seeded = await seedOrg(admin, `org${(number += 1)}`);
  idp = await jwtIssuer(`https://idp${number}.example`, () => ({ sub: 'billing-batch', aud: audience(), exp: seconds() + 300 }));
  trusted = await admin.transaction((tx) => createTrustedIssuer(tx, seeded.org.id, anIssuer()));
  services = new ServiceJwts({ db: gateway, clock, fetchJson: idp.fetchJson, place: 'gateway' });
});
afterAll(async () => {
  await Promise.all([admin.close(), gateway.close(), vault.close()]);
  await test.close();
});

const seconds = () => Math.floor(clock.now() / 1000);
const audience = () => `byok:${seeded.org.id}`;
const anIssuer = (over: Partial<TrustedIssuerInput> = {}): TrustedIssuerInput & { createdBy: string } => ({
  ...{ name: 'cluster', issuer: idp.issuer, audience: audience(), jwksUri: idp.jwksUri, tokenType: 'at+jwt', subjectPattern: 'billing-*', createdBy: seeded.user.id },
  rules: [{ when: { claim: 'groups', value: 'research' }, group: seeded.group.id, allowedModels: ['gpt-4*'] }, { managementScopes: ['usage:read'] }],
  ...over,
});
const enter = (jwt: string) => authenticate({ db: gateway, clock, sessionVerifyKey: session.publicKey, serviceJwts: services }, jwt);
const minted = async (options?: MintOptions) => enter(await idp.mint(options));
const failures = async () => {
  await services.tally.flush();
  const taken = await admin.transaction((tx) => takeFailedJwts(tx));
  return taken.filter((each) => each.orgId === seeded.org.id).map(({ reason, count }) => `${reason} ${count}`);
};
const parts = (jwt: string) => jwt.split('.') as [string, string, string];
const encoded = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');

/** The answer to every bad JWT, whatever is wrong with it. */
const REFUSED = { code: 'unauthenticated', message: 'The session is not valid or has ended. Sign in again.', details: undefined };
const expectRefused = async (jwt: string, ...reasons: string[]) => {
  await expect(enter(jwt)).rejects.toMatchObject(REFUSED);
  expect(await failures()).toEqual(reasons.map((reason) => `${reason} 1`));
};

describe('a service with a JWT of an issuer that its org trusts', () => {
  it('is a service of the group that its claims map to, in the gateway and, by an id alone, in the vault', async () => {
    const principal = await minted({ claims: { groups: ['other', 'research'] } });
    expect(principal).toMatchObject({ orgId: seeded.org.id, userId: null, tokenGroup: seeded.group.id, groups: [{ id: seeded.group.id, role: 'member' }], allowedModels: ['gpt-4*'], managementScopes: [] });
    const inVault = await principalOfToken(vault, principal.tokenId!, clock);
    expect(inVault).toMatchObject({ orgId: seeded.org.id, tokenId: principal.tokenId, groups: [{ id: seeded.group.id }] });
  });

  it('is the same service with its next JWT, another one by another rule or subject', async () => {
    const first = await minted();
    expect(first).toMatchObject({ tokenGroup: null, managementScopes: ['usage:read'] });
    expect((await minted({ claims: { jti: 'next' } })).tokenId).toBe(first.tokenId);
    const others = [await minted({ claims: { groups: ['research'] } }), await minted({ claims: { sub: 'billing-web' } })];
    expect(new Set([first, ...others].map((each) => each.tokenId)).size).toBe(3);
  });

  it('is known to the vault for five minutes at most, and never longer than its JWT', async () => {
    const { tokenId, restrictions } = await minted({ claims: { exp: seconds() + 3_600 } });
    offset = 5 * 60_000 + 1_000;
    expect(isRefusal(await principalOfToken(vault, tokenId!, clock))).toBe(true);
    expect(restrictions!.expiresAt!.getTime()).toBeGreaterThan(clock.now());
    offset = 0;
    const short = await minted({ claims: { sub: 'billing-short', exp: seconds() + 10 } });
    offset = 71_000;
    expect(isRefusal(await principalOfToken(vault, short.tokenId!, clock))).toBe(true);
    expect(short.restrictions!.expiresAt!.getTime()).toBeLessThan(clock.now());
  });

  it('stays out once its lease was revoked, whatever JWT it brings, and cannot be given a text', async () => {
    const { tokenId } = await minted();
    await expect(admin.transaction((tx) => rotateToken(tx, seeded.org.id, tokenId!))).rejects.toMatchObject({ code: 'not_found' });
    await admin.transaction((tx) => revokeToken(tx, seeded.org.id, tokenId!));
    await expect(minted({ claims: { jti: 'next' } })).rejects.toMatchObject({ code: 'token_revoked' });
    await expect(minted({ claims: { groups: ['research'] } })).rejects.toMatchObject({ code: 'token_revoked' });
    await admin.transaction((tx) => replaceTrustedIssuer(tx, seeded.org.id, trusted.id, anIssuer({ rules: [{}] })));
    await expect(minted()).rejects.toMatchObject({ code: 'token_revoked' });
    expect((await minted({ claims: { sub: 'billing-web' } })).orgId).toBe(seeded.org.id);
  });

  it('goes on under another rule when the group that it served is gone', async () => {
    const { tokenId } = await minted({ claims: { groups: ['research'] } });
    await admin.transaction((tx) => deleteGroup(tx, seeded.org.id, seeded.group.id));
    expect(isRefusal(await principalOfToken(vault, tokenId!, clock))).toBe(true);
    expect((await minted()).tokenGroup).toBeNull();
  });

  it('is out with its issuer, and starts anew when the issuer’s rules change', async () => {
    const before = await minted();
    await admin.transaction((tx) => replaceTrustedIssuer(tx, seeded.org.id, trusted.id, anIssuer({ rules: [{ managementScopes: [] }] })));
    expect(isRefusal(await principalOfToken(vault, before.tokenId!, clock))).toBe(true);
    expect((await minted()).managementScopes).toEqual([]);
    await admin.transaction((tx) => deleteTrustedIssuer(tx, seeded.org.id, trusted.id));
    await expectRefused(await idp.mint());
    expect(isRefusal(await principalOfToken(vault, before.tokenId!, clock))).toBe(true);
  });

  it('may neither be made nor widened by a gateway that names what it likes', async () => {
    await expect(gateway.query(`UPDATE identity.token SET management_scopes = '{org:delete}'`)).rejects.toThrow('permission denied');
    await expect(gateway.query(`INSERT INTO identity.failed_jwt VALUES ('a', 'b', 'gateway', 'c', 1)`)).rejects.toThrow('permission denied');
    for (const rule of [-1, 7]) expect(await gateway.query('SELECT identity.lease_service($1, $2, $3, now()) AS id', [trusted.id, rule, 'billing-x'])).toEqual([{ id: null }]);
    const [leased] = await gateway.query<{ id: string }>(`SELECT identity.lease_service($1, 1, 'billing-x', now() + interval '1 year') AS id`, [trusted.id]);
    const [row] = await gateway.query<{ expiresAt: Date; scopes: string[] }>('SELECT expires_at AS "expiresAt", management_scopes AS scopes FROM identity.token WHERE id = $1', [leased!.id]);
    expect(row!.expiresAt.getTime()).toBeLessThanOrEqual(Date.now() + 5 * 60_000 + 1_000);
    expect(row!.scopes).toEqual(['usage:read']);
    await expect(vault.query('SELECT identity.lease_service($1, 0, $2, now())', [trusted.id, 'billing-x'])).rejects.toThrow('permission denied');
  });

  it('is another org’s only if that org has an audience of its own: the same two cannot be registered twice', async () => {
    const other = await seedOrg(admin, `other${number}`);
    await expect(admin.transaction((tx) => createTrustedIssuer(tx, other.org.id, anIssuer()))).rejects.toMatchObject({ code: 'conflict' });
    await admin.transaction((tx) => createTrustedIssuer(tx, other.org.id, { ...anIssuer(), audience: 'byok:other', rules: [{}] }));
    expect((await minted({ claims: { aud: 'byok:other' } })).orgId).toBe(other.org.id);
    expect((await minted()).orgId).toBe(seeded.org.id);
    // One that names both would be whoever's comes first.
    await expect(minted({ claims: { aud: ['byok:other', audience()] } })).rejects.toMatchObject(REFUSED);
  });

  it('fits the first rule whose claim it has, or none', async () => {
    await admin.transaction((tx) => replaceTrustedIssuer(tx, seeded.org.id, trusted.id, anIssuer({ rules: [{ when: { claim: 'realm.roles', value: 'caller' } }] })));
    expect((await minted({ claims: { realm: { roles: ['caller'] } } })).orgId).toBe(seeded.org.id);
    await expectRefused(await idp.mint({ claims: { realm: { roles: ['reader'] } } }), 'no-rule');
    await expectRefused(await idp.mint({ claims: { sub: 'web' } }), 'wrong-subject');
  });
});

describe('a JWT that is not good is refused with the same words, and counted for the audit', () => {
  it('F01 alg none', async () => {
    const [, payload] = parts(await idp.mint());
    for (const alg of ['none', 'None', 'NONE', '']) await expectRefused(`${encoded({ alg, typ: 'at+jwt', kid: 'key-1' })}.${payload}.`, alg === '' ? 'malformed' : 'wrong-algorithm');
  });

  it('F02 HS256 with the public key as the secret', async () => {
    for (const text of [await exportSPKI(idp.publicKey), JSON.stringify(await exportJWK(idp.publicKey)), idp.publicKeys[0]!.n!]) {
      const forged = await new SignJWT({ iss: idp.issuer, sub: 'billing-batch', aud: audience(), exp: seconds() + 300 }).setProtectedHeader({ alg: 'HS256', typ: 'at+jwt', kid: 'key-1' }).sign(Buffer.from(text));
      await expectRefused(forged, 'wrong-algorithm');
    }
  });

  it('F03 a wrong audience, F04 a wrong issuer', async () => {
    await expectRefused(await idp.mint({ claims: { aud: 'somebody-else' } }), 'wrong-audience');
    await expectRefused(await idp.mint({ claims: { iss: 'https://evil.example' } }), 'wrong-issuer');
    await expectRefused(await idp.mint({ claims: { iss: 'https://evil.example', aud: 'somebody-else' } }));
    for (const iss of [`${idp.issuer}/`, idp.issuer.toUpperCase(), '']) await expect(minted({ claims: { iss } })).rejects.toMatchObject(REFUSED);
    await failures();
  });

  it('F05 expired or not yet valid by more than a minute; a minute is the tolerance', async () => {
    await expectRefused(await idp.mint({ claims: { exp: seconds() - 62 } }), 'expired');
    await expectRefused(await idp.mint({ claims: { nbf: seconds() + 65 } }), 'not-yet-valid');
    await expectRefused(await idp.mint({ claims: { exp: undefined } }), 'wrong-claim');
    expect((await minted({ claims: { exp: seconds() - 30, nbf: seconds() + 50 } })).orgId).toBe(seeded.org.id);
  });

  it('F06 neither a path in kid nor jku, x5u or jwk of the header chooses the key', async () => {
    const mine = await generateKeyPair('RS256', { extractable: true });
    const jwk = { ...(await exportJWK(mine.publicKey)), kid: 'mine' };
    const headers = [{ kid: '../../../../dev/null' }, { kid: `' OR '1'='1` }, { jku: 'https://evil.example/keys' }, { x5u: 'https://evil.example/cert' }, { jwk, kid: 'mine' }, { kid: undefined, jwk }];
    for (const header of headers) await expect(minted({ header, key: mine.privateKey })).rejects.toMatchObject(REFUSED);
    expect(new Set(idp.asked)).toEqual(new Set([idp.jwksUri]));
    expect((await failures()).join()).toMatch(/unknown-key 3.*wrong-signature|wrong-signature.*unknown-key 3/);
    expect((await minted()).orgId).toBe(seeded.org.id);
  });

  it('F06 a symmetric key among the issuer’s own makes no secret of its texts', async () => {
    idp.publicKeys.push({ kty: 'oct', k: Buffer.from('known to everybody').toString('base64url'), kid: 'shared', alg: 'HS256' });
    const forged = await new SignJWT({ iss: idp.issuer, sub: 'billing-batch', aud: audience(), exp: seconds() + 300 }).setProtectedHeader({ alg: 'HS256', typ: 'at+jwt', kid: 'shared' }).sign(Buffer.from('known to everybody'));
    await expectRefused(forged, 'wrong-algorithm');
  });

  it('F10 an ID token or a refresh token is no access token, a session of another deployment none of ours', async () => {
    await expectRefused(await idp.mint({ header: { typ: 'JWT' } }), 'wrong-type');
    await expectRefused(await idp.mint({ header: { typ: undefined } }), 'wrong-type');
    await expectRefused(await idp.mint({ claims: { nonce: 'n' } }), 'id-token');
    await admin.transaction((tx) => replaceTrustedIssuer(tx, seeded.org.id, trusted.id, anIssuer({ tokenType: 'JWT' })));
    for (const typ of ['Refresh', 'ID', 'Offline']) await expectRefused(await idp.mint({ header: { typ: 'JWT' }, claims: { typ } }), 'wrong-type');
    await expectRefused(await idp.mint({ header: { typ: 'logout+jwt' } }), 'wrong-type');
    await expectRefused(await idp.mint({ header: { typ: 'JWT' }, claims: { at_hash: 'h' } }), 'id-token');
    expect((await minted({ header: { typ: 'JWT' }, claims: { typ: 'Bearer' } })).orgId).toBe(seeded.org.id);
    const elsewhere = await issueSessionToken(generateKeyPairSync('ed25519').privateKey, { userId: seeded.user.id, sessionId: `ses_${'0'.repeat(32)}`, orgId: seeded.org.id }, clock);
    await expectRefused(elsewhere);
  });

  it('F10 a flood of them is one row', async () => {
    const bad = await idp.mint({ claims: { aud: 'somebody-else' } });
    await Promise.all(Array.from({ length: 100 }, () => enter(bad).catch(() => undefined)));
    expect(await failures()).toEqual(['wrong-audience 100']);
  });

  it('is told apart from an issuer that cannot be asked: that is 503', async () => {
    idp.isDown = true;
    await expect(minted()).rejects.toMatchObject({ code: 'service_unavailable' });
  });

  it.each(['', 'a.b.c', '..', 'e30.e30.e30', 'x'.repeat(20_000), `${encoded({ alg: 'RS256' })}.${encoded({ iss: 5 })}.x`, `${encoded({ alg: 'RS256' })}.${encoded({ iss: 'https://x', aud: [[]] })}.x`])('what is no JWT at all: case %#', async (text) => {
    await expect(enter(text)).rejects.toMatchObject(REFUSED);
  });
});
