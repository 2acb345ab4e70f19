import { createHmac, generateKeyPairSync } from 'node:crypto';
import { SignJWT } from 'jose';
import { issueSessionToken, SESSION_TOKEN_LIFETIME_S, sessionSigningKey, sessionVerifyKey, verifySessionToken } from './session-token.js';
import type { SessionClaims } from './session-token.js';

const NOW = Date.UTC(2026, 0, 1);
const clock = { now: () => NOW };
const hex = '0123456789abcdef0123456789abcdef';
const CLAIMS: SessionClaims = { userId: `usr_${hex}`, sessionId: `ses_${hex}`, orgId: `org_${hex}` };

const pair = generateKeyPairSync('ed25519');
const other = generateKeyPairSync('ed25519');

/** A token that is good in everything but what `change` says. */
function forged(change: (jwt: SignJWT) => SignJWT, header: Record<string, unknown> = {}, key = pair.privateKey): Promise<string> {
  const jwt = new SignJWT({ sid: CLAIMS.sessionId, org: CLAIMS.orgId })
    .setProtectedHeader({ alg: 'EdDSA', typ: 'at+jwt', ...header })
    .setSubject(CLAIMS.userId)
    .setIssuer('byok')
    .setAudience('byok')
    .setIssuedAt(NOW / 1_000)
    .setExpirationTime(NOW / 1_000 + 900);
  return change(jwt).sign(key);
}

const same = (jwt: SignJWT) => jwt;
const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
const payload = part({ sub: CLAIMS.userId, sid: CLAIMS.sessionId, org: CLAIMS.orgId, iss: 'byok', aud: 'byok', iat: NOW / 1_000, exp: NOW / 1_000 + 900 });

async function expectRefused(jwt: string | Promise<string>, at = NOW) {
  await expect(verifySessionToken(pair.publicKey, await jwt, { now: () => at })).rejects.toMatchObject({
    code: 'unauthenticated',
    message: 'The session is not valid or has ended. Sign in again.',
  });
}

describe("a session's access token", () => {
  it('says user, session and org to who holds the public key', async () => {
    expect(await verifySessionToken(pair.publicKey, await issueSessionToken(pair.privateKey, CLAIMS, clock), clock)).toEqual(CLAIMS);
    expect(await verifySessionToken(pair.publicKey, await forged(same), clock)).toEqual(CLAIMS);
  });

  it('F01 is refused with algorithm none', () => expectRefused(`${part({ alg: 'none', typ: 'at+jwt' })}.${payload}.`));

  it('F02 is refused when signed with the public key as an HMAC secret', async () => {
    const head = part({ alg: 'HS256', typ: 'at+jwt' });
    const secret = pair.publicKey.export({ type: 'spki', format: 'pem' });
    await expectRefused(`${head}.${payload}.${createHmac('sha256', secret).update(`${head}.${payload}`).digest('base64url')}`);
  });

  it('F03 is refused for another audience', () => expectRefused(forged((jwt) => jwt.setAudience('elsewhere'))));
  it('F04 is refused from another issuer', () => expectRefused(forged((jwt) => jwt.setIssuer('elsewhere'))));
  it('F05 is refused after its time and before it', async () => {
    const jwt = await issueSessionToken(pair.privateKey, CLAIMS, clock);
    await expectRefused(jwt, NOW + (SESSION_TOKEN_LIFETIME_S + 61) * 1_000);
    await expectRefused(forged((token) => token.setNotBefore(NOW / 1_000 + 61)));
  });

  it('F06 is refused when it brings its own key', () =>
    expectRefused(forged(same, { jwk: other.publicKey.export({ format: 'jwk' }), jku: 'http://127.0.0.1/keys', kid: '../../x' }, other.privateKey)));

  it('F10 is refused when it is another kind of token or of another deployment', async () => {
    await expectRefused(forged(same, { typ: 'JWT' }));
    await expectRefused(forged(same, {}, other.privateKey));
  });

  it('is refused without an end, or with claims that are no ids', async () => {
    await expectRefused(new SignJWT({ sid: CLAIMS.sessionId, org: CLAIMS.orgId }).setProtectedHeader({ alg: 'EdDSA', typ: 'at+jwt' }).setSubject(CLAIMS.userId).setIssuer('byok').setAudience('byok').setIssuedAt(NOW / 1_000).sign(pair.privateKey));
    await expectRefused(forged((jwt) => jwt.setSubject("' OR 1=1")));
  });

  it.each(['', 'a.b.c', 'not a token', `${'a'.repeat(100_000)}.b.c`])('refuses nonsense %#', (text) => expectRefused(text));
});

describe('the keys of sessions', () => {
  it('are read from PEM, the public one also from the private', () => {
    const pem = pair.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
    expect(sessionSigningKey(pem).type).toBe('private');
    expect(sessionVerifyKey(pem).equals(pair.publicKey)).toBe(true);
    expect(sessionVerifyKey(pair.publicKey.export({ type: 'spki', format: 'pem' }).toString()).equals(pair.publicKey)).toBe(true);
  });

  it('are refused when they are of another kind, without being shown', () => {
    const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
    expect(() => sessionSigningKey(rsa)).toThrow('The session private key is not an Ed25519 key in PEM.');
    expect(() => sessionSigningKey('sk-CANARY')).toThrow(/^(?!.*CANARY)/);
  });
});
