import { readFileSync } from 'node:fs';

import { Secret } from '@byok/kernel';

import { aadOf } from './aad.js';
import type { SealedFor } from './aad.js';
import { configMac, verifyConfigMac } from './config-mac.js';
import { deriveDek } from './derive-dek.js';
import type { Dek, KekScope } from './derive-dek.js';
import { fingerprint } from './fingerprint.js';
import { open } from './open.js';
import { seal } from './seal.js';

interface Vector {
  name: string; seed: string; dek: { dekId: string; dekVersion: number; kekScope: KekScope }; row: SealedFor; secret: string; config: Record<string, string>;
  salt: string; iv: string; aad: string; blob: string; fingerprint: string; configMac: string;
}

const VECTORS = JSON.parse(readFileSync(new URL('./vectors/blob-v1.json', import.meta.url), 'utf8')) as Vector[];

/** The vectors come from another implementation (vectors/make-blob-v1.py). If one breaks, stored data has become unreadable. */
describe.each(VECTORS)('blob v1 vector: $name', (vector) => {
  const dek = (): Dek => deriveDek(Buffer.from(vector.seed, 'hex'), { deploymentId: vector.row.deploymentId, orgId: vector.row.orgId, ...vector.dek });

  it('encodes the same AAD', () => {
    expect(aadOf(vector.row).toString('hex')).toBe(vector.aad);
  });

  it('seals to the same bytes from the same salt and IV', () => {
    const drawn = [Buffer.from(vector.salt, 'hex'), Buffer.from(vector.iv, 'hex')];
    expect(seal(new Secret(vector.secret), vector.row, dek(), { bytes: () => drawn.shift()! }).toString('hex')).toBe(vector.blob);
  });

  it('opens the other implementation\'s blob', () => {
    expect(open(Buffer.from(vector.blob, 'hex'), vector.row, dek()).expose()).toBe(vector.secret);
  });

  it('makes the same fingerprint and config MAC', () => {
    expect(fingerprint(new Secret(vector.secret), dek())).toBe(vector.fingerprint);
    expect(configMac(vector.config, vector.row, dek()).toString('hex')).toBe(vector.configMac);
    expect(() => verifyConfigMac(vector.config, vector.row, dek(), Buffer.from(vector.configMac, 'hex'))).not.toThrow();
  });
});
