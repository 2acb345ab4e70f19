import { generateKeyPairSync } from 'node:crypto';
import { createLog, EVERY_ORG, openDatabase } from '@byok/platform';
import type { Database } from '@byok/platform';
import { testDatabase } from '@byok/testing';
import type { TestDatabase } from '@byok/testing';
import passport from 'passport';
import { issueSessionToken } from './session-token.js';
import { seedOrg } from './store/two-orgs.builder.js';
import type { Seeded } from './store/two-orgs.builder.js';
import { SESSION_STRATEGY, sessionStrategy, TOKEN_STRATEGY, tokenStrategy } from './strategies.js';

let test: TestDatabase;
let db: Database;
let seeded: Seeded;
const clock = { now: () => Date.now() };
const { privateKey, publicKey } = generateKeyPairSync('ed25519');
const authenticator = new passport.Passport();

beforeAll(async () => {
  test = await testDatabase();
  db = await openDatabase({ url: test.url('admin'), applicationName: 'identity-test', log: createLog('test', 'silent'), scope: EVERY_ORG });
  seeded = await seedOrg(db, 'org');
  authenticator.use(TOKEN_STRATEGY, tokenStrategy({ db, clock }));
  authenticator.use(SESSION_STRATEGY, sessionStrategy({ db, clock, sessionVerifyKey: publicKey }));
});
afterAll(async () => {
  await db.close();
  await test.close();
});

/** What passport makes of a request with these headers: a principal, or the error. */
function askPassport(headers: Record<string, string>, names: string[] = [TOKEN_STRATEGY, SESSION_STRATEGY]): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const callback = (error: unknown, principal: unknown) => (error ? reject(error) : resolve(principal));
    authenticator.authenticate(names, { session: false }, callback)({ headers }, {}, reject);
  });
}

describe('passport', () => {
  it('takes a token or a session, whichever the credential is', async () => {
    const jwt = await issueSessionToken(privateKey, { userId: seeded.user.id, sessionId: seeded.session.id, orgId: seeded.org.id }, clock);
    expect(await askPassport({ authorization: `Bearer ${seeded.tokenText}` })).toMatchObject({ tokenId: seeded.token.id });
    expect(await askPassport({ 'x-api-key': seeded.tokenText })).toMatchObject({ tokenId: seeded.token.id });
    expect(await askPassport({ authorization: `Bearer ${jwt}` })).toMatchObject({ sessionId: seeded.session.id });
  });

  it('takes no token where only a session will do', async () => {
    expect(await askPassport({ authorization: `Bearer ${seeded.tokenText}` }, [SESSION_STRATEGY])).toBe(false);
  });

  it('hands on our own error, which knows its status', async () => {
    await expect(askPassport({})).rejects.toMatchObject({ code: 'unauthenticated' });
    await expect(askPassport({ authorization: `Bearer ${seeded.tokenText}0` })).rejects.toMatchObject({ code: 'token_invalid' });
    await expect(askPassport({ authorization: 'Bearer a.b.c' })).rejects.toMatchObject({ code: 'unauthenticated' });
    await expect(askPassport({ authorization: 'Bearer a', 'x-api-key': 'b' })).rejects.toMatchObject({ code: 'two_credentials' });
  });
});
