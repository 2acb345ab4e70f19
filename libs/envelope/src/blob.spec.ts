import { createCipheriv, hkdfSync, randomBytes, createHash } from 'node:crypto';

import { Secret } from '@byok/kernel';

import { aadOf } from './aad.js';
import type { SealedFor } from './aad.js';
import { formatBlob, parseBlob } from './blob.js';
import { dekIdBytes, deriveDek } from './derive-dek.js';
import type { Dek, DekName } from './derive-dek.js';
import { open } from './open.js';
import type { Random } from './random.js';
import { recordKey } from './record-key.js';
import { seal } from './seal.js';

const NAME: DekName = { deploymentId: 'dep-1', orgId: 'org_a', dekId: `dek_${'cd'.repeat(16)}`, dekVersion: 4, kekScope: 'tenant' };
const ROW: SealedFor = { deploymentId: 'dep-1', orgId: 'org_a', ownerType: 'user', ownerId: 'usr_1', provider: 'openai', keyId: 'key_1', keyVersion: 1, field: 'secret' };
const random: Random = { bytes: (length) => randomBytes(length) };
const SEED = randomBytes(32);
const dekOf = (over: Partial<DekName> = {}, seed: Buffer = SEED): Dek => deriveDek(Buffer.from(seed), { ...NAME, ...over });
const refusal = expect.objectContaining({ code: 'integrity_failed' });

/** A blob made by hand as `seal` would make it, but with the tag cut to `tagLength` and the IV of `ivLength`. */
function handmade(tagLength: number, ivLength: number): Buffer {
  const dek = dekOf();
  const salt = randomBytes(32);
  const iv = randomBytes(ivLength);
  const { key, commit } = recordKey(dek.seal, salt, aadOf(ROW));
  const cipher = createCipheriv('aes-256-gcm', key, iv, { authTagLength: tagLength });
  cipher.setAAD(Buffer.concat([aadOf(ROW), commit]));
  const ciphertext = Buffer.concat([cipher.update('text'), cipher.final()]);
  return formatBlob({ dekId: dekIdBytes(dek.id), dekVersion: dek.version, salt, commit, iv, ciphertext, tag: cipher.getAuthTag() });
}

describe('blob v1', () => {
  it('has the byte layout of the design', () => {
    const blob = seal(new Secret('x'), ROW, dekOf(), random);
    expect(blob.subarray(0, 4).toString('hex')).toBe('424b0101');
    expect(blob.subarray(4, 20).toString('hex')).toBe('cd'.repeat(16));
    expect(blob.readUInt32BE(20)).toBe(4);
    expect(blob.length).toBe(24 + 32 + 32 + 12 + 1 + 16);
    expect(formatBlob(parseBlob(blob)).equals(blob)).toBe(true);
  });

  it('E07 refuses any algorithm byte but the committing one, and any other format', () => {
    const blob = seal(new Secret('x'), ROW, dekOf(), random);
    for (let value = 0; value < 256; value += 1) {
      for (const at of [2, 3]) {
        if (value === blob[at]) continue;
        const changed = Buffer.from(blob);
        changed[at] = value;
        expect(() => open(changed, ROW, dekOf())).toThrow(refusal);
      }
    }
  });

  it('E07 refuses a blob under a second DEK of the same id and version, even when the attacker rewrites its commitment', () => {
    const other = dekOf({}, randomBytes(32));
    const blob = seal(new Secret('x'), ROW, dekOf(), random);
    expect(() => open(blob, ROW, other)).toThrow(refusal);
    const { commit } = recordKey(other.seal, blob.subarray(24, 56), aadOf(ROW));
    const rewritten = Buffer.from(blob);
    commit.copy(rewritten, 56);
    expect(() => open(rewritten, ROW, other)).toThrow(refusal);
    expect(() => open(rewritten, ROW, dekOf())).toThrow(refusal);
  });

  it('refuses a DEK other than the one the blob names, by id and by version', () => {
    const blob = seal(new Secret('x'), ROW, dekOf(), random);
    expect(() => open(blob, ROW, dekOf({ dekVersion: 5 }))).toThrow(refusal);
    expect(() => open(blob, ROW, dekOf({ dekId: `dek_${'ce'.repeat(16)}` }))).toThrow(refusal);
    const renamed = Buffer.from(blob);
    renamed.writeUInt32BE(5, 20);
    expect(() => open(renamed, ROW, dekOf({ dekVersion: 5 }))).toThrow(refusal);
  });

  it.each([4, 8, 12, 13, 14, 15])('E08 refuses a tag of %i bytes', (tagLength) => {
    expect(open(handmade(16, 12), ROW, dekOf()).expose()).toBe('text');
    expect(() => open(handmade(tagLength, 12), ROW, dekOf())).toThrow(refusal);
  });

  it.each([1, 8, 11, 13, 16])('E08 refuses an IV of %i bytes', (ivLength) => {
    expect(() => open(handmade(16, ivLength), ROW, dekOf())).toThrow(refusal);
  });

  it('E09 stops with service_unavailable when randomness fails or falls short, and tries no other generator', () => {
    const failing: Random = { bytes: () => { throw new Error('no entropy'); } };
    const short: Random = { bytes: (length) => Buffer.alloc(length - 1) };
    for (const broken of [failing, short]) {
      expect(() => seal(new Secret('x'), ROW, dekOf(), broken)).toThrow(expect.objectContaining({ code: 'service_unavailable' }));
    }
  });

  it('E09 never repeats a salt or an IV', () => {
    const seen = new Set<string>();
    const dek = dekOf();
    for (let count = 0; count < 20_000; count += 1) {
      const blob = parseBlob(seal(new Secret('x'), ROW, dek, random));
      seen.add(blob.salt.toString('latin1'));
      seen.add(blob.iv.toString('latin1'));
    }
    expect(seen.size).toBe(40_000);
  });

  it('derives the record key by HKDF-SHA512 over the hash of the AAD', () => {
    const dek = dekOf();
    const salt = Buffer.alloc(32, 1);
    const info = Buffer.concat([Buffer.from('byok-record'), createHash('sha256').update(aadOf(ROW)).digest()]);
    const expected = Buffer.from(hkdfSync('sha512', dek.seal, salt, info, 64));
    const { key, commit } = recordKey(dek.seal, salt, aadOf(ROW));
    expect(Buffer.concat([key.export(), commit]).equals(expected)).toBe(true);
  });
});
