import { createHmac, timingSafeEqual } from 'node:crypto';

import { aadOf } from './aad.js';
import type { SealedFor } from './aad.js';
import type { Dek } from './derive-dek.js';
import { integrityFailed } from './integrity-failed.js';
import { lengthPrefixed } from './length-prefixed.js';

/**
 * Binds a key's plain config to the key and its version, so that nobody who can write the table
 * can point the key at a host of theirs. All fields are covered: which of them names a host is the provider's business.
 */
export function configMac(config: Readonly<Record<string, string>>, row: SealedFor, dek: Dek): Buffer {
  const names = Object.keys(config).sort();
  const fields = names.flatMap((name) => [name, config[name]!]);
  return createHmac('sha512', dek.configMac).update(lengthPrefixed('byok/config/v1', aadOf(row), names.length, ...fields)).digest().subarray(0, 32);
}

/** Throws `integrity_failed` unless `mac` was made for this config, this key and this version. */
export function verifyConfigMac(config: Readonly<Record<string, string>>, row: SealedFor, dek: Dek, mac: Uint8Array): void {
  const expected = configMac(config, row, dek);
  if (mac.length !== expected.length || !timingSafeEqual(expected, mac)) throw integrityFailed('The config does not match its MAC.');
}
