import { createDecipheriv, timingSafeEqual } from 'node:crypto';
import type { KeyObject } from 'node:crypto';

import { Secret } from '@byok/kernel';

import { aadOf } from './aad.js';
import type { SealedFor } from './aad.js';
import { TAG_BYTES, parseBlob } from './blob.js';
import type { Blob } from './blob.js';
import { dekIdBytes } from './derive-dek.js';
import type { Dek } from './derive-dek.js';
import { integrityFailed } from './integrity-failed.js';
import { recordKey } from './record-key.js';

/** Decrypts what was sealed for exactly this row under exactly this DEK; throws `integrity_failed` on anything else. */
export function open(bytes: Uint8Array, row: SealedFor, dek: Dek): Secret {
  const blob = parseBlob(bytes);
  // The header is a hint that an attacker may write; only what the row itself says decides.
  if (!blob.dekId.equals(dekIdBytes(dek.id)) || blob.dekVersion !== dek.version) throw integrityFailed('The blob names another DEK than its row.');
  const aad = aadOf(row);
  const { key, commit } = recordKey(dek.seal, blob.salt, aad);
  if (!timingSafeEqual(commit, blob.commit)) throw integrityFailed('The blob was sealed under another DEK or for another row.');
  return decrypt(blob, key, Buffer.concat([aad, commit]));
}

function decrypt(blob: Blob, key: KeyObject, aad: Buffer): Secret {
  // Without authTagLength Node accepts tags of four bytes.
  const decipher = createDecipheriv('aes-256-gcm', key, blob.iv, { authTagLength: TAG_BYTES });
  decipher.setAAD(aad);
  decipher.setAuthTag(blob.tag);
  const plaintext = Buffer.alloc(blob.ciphertext.length);
  try {
    // update() hands out unverified bytes, so nothing may look at them before final() has returned.
    const unverified = decipher.update(blob.ciphertext);
    unverified.copy(plaintext);
    unverified.fill(0);
    decipher.final();
    return new Secret(plaintext.toString('utf8'));
  } catch (error) {
    throw integrityFailed(`The tag does not fit (${error instanceof Error ? error.name : 'error'}).`);
  } finally {
    plaintext.fill(0);
  }
}
