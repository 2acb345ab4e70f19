import { randomBytes } from 'node:crypto';

import { Secret } from '@byok/kernel';
import fc from 'fast-check';

import type { SealedFor } from './aad.js';
import { configMac, verifyConfigMac } from './config-mac.js';
import { dekIdBytes, deriveDek, keyOf } from './derive-dek.js';
import type { DekName } from './derive-dek.js';
import { fingerprint } from './fingerprint.js';
import { lengthPrefixed } from './length-prefixed.js';

const NAME: DekName = { deploymentId: 'dep-1', orgId: 'org_a', dekId: `dek_${'ab'.repeat(16)}`, dekVersion: 1, kekScope: 'tenant' };
const ROW: SealedFor = { deploymentId: 'dep-1', orgId: 'org_a', ownerType: 'org', ownerId: 'org_a', provider: 'azure', keyId: 'key_1', keyVersion: 1, field: 'secret' };
const SEED = randomBytes(32);
const dekOf = (over: Partial<DekName> = {}) => deriveDek(Buffer.from(SEED), { ...NAME, ...over });

describe('the org DEK', () => {
  it.each<Partial<DekName>>([{ deploymentId: 'dep-2' }, { orgId: 'org_b' }, { dekId: `dek_${'ac'.repeat(16)}` }, { dekVersion: 2 }, { kekScope: 'platform' }])(
    'is another key for %j, from the same seed',
    (over) => {
      expect(dekOf(over).seal.equals(dekOf().seal)).toBe(false);
    },
  );

  it('has a key of its own for each purpose', () => {
    const dek = dekOf();
    expect(dek.seal.equals(dek.fingerprint) || dek.seal.equals(dek.configMac) || dek.fingerprint.equals(dek.configMac)).toBe(false);
  });

  it('leaves the seed and every buffer it took zeroed', () => {
    const seed = Buffer.from(SEED);
    deriveDek(seed, NAME);
    expect(seed.equals(Buffer.alloc(32))).toBe(true);
    const bytes = randomBytes(32);
    keyOf(bytes);
    expect(bytes.equals(Buffer.alloc(32))).toBe(true);
  });

  it('refuses a seed of another length and a malformed id', () => {
    expect(() => deriveDek(Buffer.alloc(16), NAME)).toThrow(RangeError);
    for (const id of ['', 'dek_', `dek_${'AB'.repeat(16)}`, `key_${'ab'.repeat(16)}`, `dek_${'ab'.repeat(17)}`]) expect(() => dekIdBytes(id)).toThrow(RangeError);
  });
});

describe('a fingerprint', () => {
  it('is the same for the same secret in one org and unrelated in another', () => {
    expect(fingerprint(new Secret('sk-1'), dekOf())).toBe(fingerprint(new Secret('sk-1'), dekOf()));
    expect(fingerprint(new Secret('sk-1'), dekOf())).not.toBe(fingerprint(new Secret('sk-2'), dekOf()));
    expect(fingerprint(new Secret('sk-1'), dekOf({ orgId: 'org_b' }))).not.toBe(fingerprint(new Secret('sk-1'), dekOf()));
  });
});

describe('the config MAC', () => {
  const config = { endpoint: 'https://good.example', region: 'eu' };
  const mac = configMac(config, ROW, dekOf());
  const refusal = expect.objectContaining({ code: 'integrity_failed' });

  it('B17 refuses a config whose endpoint was rewritten, a field added, removed or renamed', () => {
    const changed = [{ ...config, endpoint: 'https://evil.example' }, { ...config, extra: '' }, { endpoint: config.endpoint }, { endpoint: 'eu', region: config.endpoint }, {}];
    for (const each of changed) expect(() => verifyConfigMac(each, ROW, dekOf(), mac)).toThrow(refusal);
    expect(() => verifyConfigMac({ region: 'eu', endpoint: 'https://good.example' }, ROW, dekOf(), mac)).not.toThrow();
  });

  it('refuses the MAC of another key, version, org or length', () => {
    expect(() => verifyConfigMac(config, { ...ROW, keyId: 'key_2' }, dekOf(), mac)).toThrow(refusal);
    expect(() => verifyConfigMac(config, { ...ROW, keyVersion: 2 }, dekOf(), mac)).toThrow(refusal);
    expect(() => verifyConfigMac(config, ROW, dekOf({ orgId: 'org_b' }), mac)).toThrow(refusal);
    expect(() => verifyConfigMac(config, ROW, dekOf(), mac.subarray(0, 16))).toThrow(refusal);
  });
});

describe('LP', () => {
  it('gives different bytes for different lists', () => {
    const parts = fc.array(fc.string({ unit: 'grapheme', maxLength: 8 }), { maxLength: 5 });
    fc.assert(
      fc.property(parts, parts, (one, two) => {
        const same = JSON.stringify(one) === JSON.stringify(two);
        expect(lengthPrefixed(...one).equals(lengthPrefixed(...two))).toBe(same);
      }),
    );
    expect(lengthPrefixed('a', 'b:c').equals(lengthPrefixed('a:b', 'c'))).toBe(false);
  });

  it('refuses what it could not encode without loss', () => {
    expect(() => lengthPrefixed('\ud800')).toThrow(RangeError);
    for (const number of [-1, 1.5, Number.NaN, 2 ** 53]) expect(() => lengthPrefixed(number)).toThrow(RangeError);
  });
});
