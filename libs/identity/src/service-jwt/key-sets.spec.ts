import { decodeProtectedHeader } from 'jose';
import { KEYS_KEPT_MS, KeySets } from './key-sets.js';
import { jwtIssuer, type JwtIssuer } from './jwt-issuer.builder.js';

const SECOND = 1_000;

describe('the keys of an issuer', () => {
  let now: number;
  let issuer: JwtIssuer;
  let sets: KeySets;
  beforeEach(async () => {
    now = 1_800_000_000_000;
    issuer = await jwtIssuer('https://idp.example', () => ({}), 'EdDSA');
    sets = new KeySets({ fetchJson: issuer.fetchJson, clock: { now: () => now } });
  });

  const find = async (kid?: string, source = { issuer: issuer.issuer, jwksUri: issuer.jwksUri as string | null }) => {
    const [header, payload, signature] = (await issuer.mint(kid === undefined ? {} : { header: { kid } })).split('.') as [string, string, string];
    return sets.keysOf(source)(decodeProtectedHeader(`${header}.${payload}.${signature}`) as { alg: string }, { protected: header, payload, signature });
  };

  it('are asked for once, however many wait, and again after ten minutes', async () => {
    await Promise.all(Array.from({ length: 50 }, () => find()));
    expect(issuer.asked).toEqual([issuer.jwksUri]);
    now += 9 * 60 * SECOND;
    await find();
    expect(issuer.asked).toHaveLength(1);
    now += 2 * 60 * SECOND;
    await find();
    expect(issuer.asked).toHaveLength(2);
  });

  it('F07 a flood of unknown key ids causes one fetch in 30 s', async () => {
    await find();
    for (let second = 0; second < 90; second += 1) {
      now += SECOND;
      await Promise.all(Array.from({ length: 20 }, (_, index) => expect(find(`unknown-${second}-${index}`)).rejects.toMatchObject({ code: 'ERR_JWKS_NO_MATCHING_KEY' })));
    }
    expect(issuer.asked.length).toBeLessThanOrEqual(1 + 3);
    expect(issuer.asked.length).toBeGreaterThan(1);
  });

  it('F08 a rotation in the middle of traffic fails nobody', async () => {
    await find();
    const old = issuer.publicKeys[0]!.kid;
    now += 31 * SECOND;
    await issuer.rotate();
    await Promise.all(Array.from({ length: 40 }, (_, index) => find(index % 2 ? old : undefined)));
    expect(issuer.asked).toHaveLength(2);
  });

  it('F09 an issuer that is away: its keys serve for six hours, then nobody is believed, and it is asked sparingly', async () => {
    await find();
    issuer.isDown = true;
    now += KEYS_KEPT_MS - 60 * SECOND;
    await Promise.all(Array.from({ length: 20 }, () => find()));
    await find();
    expect(issuer.asked).toHaveLength(2);
    now += 120 * SECOND;
    await expect(find()).rejects.toMatchObject({ code: 'service_unavailable' });
    issuer.isDown = false;
    now += 31 * SECOND;
    await find();
  });

  it('F09 an issuer that never answered is 503, and asked again after five seconds', async () => {
    issuer.isDown = true;
    for (let index = 0; index < 10; index += 1) await expect(find()).rejects.toMatchObject({ code: 'service_unavailable' });
    expect(issuer.asked).toHaveLength(1);
    issuer.isDown = false;
    now += 5 * SECOND;
    await find();
  });

  it('are found by the issuer’s description, which must be its own', async () => {
    await find(undefined, { issuer: issuer.issuer, jwksUri: null });
    expect(issuer.asked).toEqual(['https://idp.example/.well-known/openid-configuration', issuer.jwksUri]);
    await expect(find(undefined, { issuer: 'https://idp.example/other', jwksUri: null })).rejects.toMatchObject({ code: 'service_unavailable' });
  });

  it.each([[{}], [{ keys: [] }], [null], ['keys'], [{ keys: Array.from({ length: 101 }, () => ({ kty: 'oct', k: 'AAAA' })) }]])('are not taken from %j', async (answer) => {
    sets = new KeySets({ fetchJson: () => Promise.resolve(answer), clock: { now: () => now } });
    await expect(find()).rejects.toMatchObject({ code: 'service_unavailable' });
  });
});
