import { createCipheriv } from 'node:crypto';

import type { Secret } from '@byok/kernel';

import { aadOf } from './aad.js';
import type { SealedFor } from './aad.js';
import { IV_BYTES, SALT_BYTES, TAG_BYTES, formatBlob } from './blob.js';
import { dekIdBytes } from './derive-dek.js';
import type { Dek } from './derive-dek.js';
import { freshBytes } from './random.js';
import type { Random } from './random.js';
import { recordKey } from './record-key.js';

/** Encrypts a secret for one row and nothing else. Sealing the same secret twice gives unrelated bytes. */
export function seal(secret: Secret, row: SealedFor, dek: Dek, random: Random): Buffer {
  const aad = aadOf(row);
  const salt = freshBytes(random, SALT_BYTES);
  const iv = freshBytes(random, IV_BYTES);
  const { key, commit } = recordKey(dek.seal, salt, aad);
  const cipher = createCipheriv('aes-256-gcm', key, iv, { authTagLength: TAG_BYTES });
  cipher.setAAD(Buffer.concat([aad, commit]));
  const ciphertext = withPlaintext(secret, (bytes) => Buffer.concat([cipher.update(bytes), cipher.final()]));
  return formatBlob({ dekId: dekIdBytes(dek.id), dekVersion: dek.version, salt, commit, iv, ciphertext, tag: cipher.getAuthTag() });
}

/** The one place where a secret becomes bytes in this lib. They are zeroed when `use` returns or throws. */
export function withPlaintext<R>(secret: Secret, use: (bytes: Buffer) => R): R {
  const bytes = Buffer.from(secret.expose(), 'utf8');
  try {
    return use(bytes);
  } finally {
    bytes.fill(0);
  }
}
