import { createHash, randomBytes } from 'node:crypto';

import { AppError, Secret } from '@byok/kernel';
import fc from 'fast-check';

import { BLOB_OVERHEAD_BYTES } from './blob.js';
import { deriveDek } from './derive-dek.js';
import type { DekName } from './derive-dek.js';
import type { SealedFor } from './aad.js';
import { open } from './open.js';
import type { Random } from './random.js';
import { seal } from './seal.js';

const random: Random = { bytes: (length) => randomBytes(length) };
const SEED = createHash('sha256').update('a seed').digest();
const NAME: DekName = { deploymentId: 'dep-1', orgId: 'org_a', dekId: `dek_${'ab'.repeat(16)}`, dekVersion: 1, kekScope: 'tenant' };
const ROW: SealedFor = { deploymentId: 'dep-1', orgId: 'org_a', ownerType: 'group', ownerId: 'grp_1', provider: 'openai', keyId: 'key_1', keyVersion: 2, field: 'secret' };
const TEXT = 'sk-canary-0123456789';
const dekOf = (over: Partial<DekName> = {}, seed = SEED) => deriveDek(Buffer.from(seed), { ...NAME, ...over });
const refusal = expect.objectContaining({ code: 'integrity_failed' });

describe('seal and open', () => {
  it('opens what was sealed', () => {
    expect(open(seal(new Secret(TEXT), ROW, dekOf(), random), ROW, dekOf()).expose()).toBe(TEXT);
  });

  it('opens any text sealed for any row, and for that row alone', () => {
    const row = fc.record({
      deploymentId: fc.string(), orgId: fc.string(), ownerType: fc.constantFrom('user', 'group', 'org', 'platform'), ownerId: fc.string(),
      provider: fc.string(), keyId: fc.string(), keyVersion: fc.nat(), field: fc.string(),
    }) as fc.Arbitrary<SealedFor>;
    const text = fc.string({ unit: 'grapheme', maxLength: 300 });
    fc.assert(
      fc.property(text, row, row, (plain, sealedFor, other) => {
        const blob = seal(new Secret(plain), sealedFor, dekOf(), random);
        expect(blob.length).toBe(BLOB_OVERHEAD_BYTES + Buffer.byteLength(plain));
        expect(open(blob, sealedFor, dekOf()).expose()).toBe(plain);
        if (JSON.stringify(other) !== JSON.stringify(sealedFor)) expect(() => open(blob, other, dekOf())).toThrow(refusal);
      }),
      { numRuns: 300 },
    );
  });

  it('E01 seals the same secret to different bytes each time, without the secret in them', () => {
    const blobs = Array.from({ length: 200 }, () => seal(new Secret(TEXT), ROW, dekOf(), random));
    expect(new Set(blobs.map((blob) => blob.toString('hex'))).size).toBe(200);
    for (const blob of blobs) expect(blob.includes(Buffer.from(TEXT))).toBe(false);
  });

  it('E02 refuses a blob with any byte flipped, in its lowest or its highest bit', () => {
    const blob = seal(new Secret(TEXT), ROW, dekOf(), random);
    for (let at = 0; at < blob.length; at += 1) {
      for (const bit of [1, 128]) {
        const flipped = Buffer.from(blob);
        flipped[at]! ^= bit;
        expect(() => open(flipped, ROW, dekOf())).toThrow(refusal);
      }
    }
  });

  it('E02 refuses every truncation and every extension', () => {
    const blob = seal(new Secret(TEXT), ROW, dekOf(), random);
    for (let length = 0; length < blob.length; length += 1) {
      expect(() => open(blob.subarray(0, length), ROW, dekOf())).toThrow(refusal);
      expect(() => open(blob.subarray(blob.length - length), ROW, dekOf())).toThrow(refusal);
    }
    expect(() => open(Buffer.concat([blob, Buffer.alloc(1)]), ROW, dekOf())).toThrow(refusal);
  });

  it('E02 refuses arbitrary bytes', () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 400 }), (bytes) => expect(() => open(bytes, ROW, dekOf())).toThrow(refusal)));
  });

  it('E03 refuses a ciphertext swapped between tenants, even with the same DEK id, version and seed', () => {
    const blob = seal(new Secret(TEXT), ROW, dekOf(), random);
    expect(() => open(blob, { ...ROW, orgId: 'org_b' }, dekOf({ orgId: 'org_b' }))).toThrow(refusal);
    expect(() => open(blob, { ...ROW, orgId: 'org_b' }, dekOf())).toThrow(refusal);
  });

  it.each<[string, Partial<SealedFor>]>([
    ['E04 between two keys of one org', { keyId: 'key_2' }],
    ['E04 between two owners of one org', { ownerId: 'grp_2' }],
    ['E04 between kinds of owner with the same id', { ownerType: 'user' }],
    ['E05 between fields of one key', { field: 'clientSecret' }],
    ['E05 between providers of one key', { provider: 'custom' }],
    ['E06 from an older version of the same key', { keyVersion: 3 }],
    ['from another deployment', { deploymentId: 'dep-2' }],
  ])('refuses a ciphertext moved %s', (_what, over) => {
    const blob = seal(new Secret(TEXT), ROW, dekOf(), random);
    expect(() => open(blob, { ...ROW, ...over }, dekOf())).toThrow(refusal);
  });

  it('gives one public sentence whatever is wrong, and the reason to the log alone', () => {
    const blob = seal(new Secret(TEXT), ROW, dekOf(), random);
    const messages = [Buffer.alloc(3), blob.subarray(1), Buffer.concat([blob, blob])].map((bytes) => failureOf(() => open(bytes, ROW, dekOf())).message);
    expect(new Set(messages).size).toBe(1);
    expect(messages[0]).not.toContain(TEXT);
  });
});

function failureOf(act: () => unknown): AppError {
  try {
    act();
  } catch (error) {
    if (error instanceof AppError) return error;
  }
  throw new Error('It did not fail with an AppError.');
}
