import { createHash, hkdfSync } from 'node:crypto';
import type { KeyObject } from 'node:crypto';

import { COMMIT_BYTES } from './blob.js';
import { keyOf } from './derive-dek.js';

/**
 * record key ‖ commitment = HKDF-SHA512(DEK, salt, "byok-record" ‖ SHA-256(AAD)), used for one value.
 * AES-GCM alone lets one ciphertext open under two keys; the commitment ties it to one DEK and one row.
 */
export function recordKey(dek: KeyObject, salt: Uint8Array, aad: Uint8Array): { key: KeyObject; commit: Buffer } {
  const info = Buffer.concat([Buffer.from('byok-record', 'latin1'), createHash('sha256').update(aad).digest()]);
  const bytes = Buffer.from(hkdfSync('sha512', dek, salt, info, 32 + COMMIT_BYTES));
  const commit = Buffer.from(bytes.subarray(32));
  return { key: keyOf(bytes.subarray(0, 32)), commit };
}
