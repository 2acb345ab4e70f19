import { createCipheriv, createDecipheriv, hkdfSync } from 'node:crypto';
import type { KeyObject } from 'node:crypto';

import { freshBytes, integrityFailed, keyOf, lengthPrefixed } from '@byok/envelope';
import type { KekScope, Kms, Random, WrapContext, WrappedSeed } from '@byok/envelope';
import { AppError } from '@byok/kernel';

/** KEKs held in this process, by the name under which a wrapped seed remembers its own. */
export interface Keyring {
  uri: string;
  active: string;
  keks: ReadonlyMap<string, KeyObject>;
}

const FORMAT = Buffer.from('BW\x01', 'latin1');
const IV_BYTES = 12;
const TAG_BYTES = 16;
const WRAPPED_BYTES = FORMAT.length + IV_BYTES + 32 + TAG_BYTES;

/** A KMS over KEKs in memory: `"BW" 1 | iv 12 | AES-256-GCM(seed) 32 | tag 16`. Tenants' and the platform's seeds are wrapped under different keys. */
export function keyringKms(keyring: Keyring, random: Random): Kms {
  return {
    uri: keyring.uri,
    status: () => Promise.resolve({ healthy: true, kekVersion: keyring.active }),
    wrap: async (seed, context) => wrap(kekOf(keyring, keyring.active, context.kekScope), keyring.active, seed, context, random),
    unwrap: async (wrapped, context) => unwrap(kekOf(keyring, wrapped.kekVersion, context.kekScope), wrapped, context),
  };
}

function wrap(kek: KeyObject, kekVersion: string, seed: Buffer, context: WrapContext, random: Random): WrappedSeed {
  const iv = freshBytes(random, IV_BYTES);
  const cipher = createCipheriv('aes-256-gcm', kek, iv, { authTagLength: TAG_BYTES });
  cipher.setAAD(aadOf(kekVersion, context));
  const sealed = Buffer.concat([cipher.update(seed), cipher.final()]);
  return { bytes: Buffer.concat([FORMAT, iv, sealed, cipher.getAuthTag()]), kekVersion };
}

function unwrap(kek: KeyObject, wrapped: WrappedSeed, context: WrapContext): Buffer {
  const bytes = wrapped.bytes;
  if (bytes.length !== WRAPPED_BYTES || !bytes.subarray(0, FORMAT.length).equals(FORMAT)) throw integrityFailed('The wrapped seed has an unknown form.');
  const iv = bytes.subarray(FORMAT.length, FORMAT.length + IV_BYTES);
  const decipher = createDecipheriv('aes-256-gcm', kek, iv, { authTagLength: TAG_BYTES });
  decipher.setAAD(aadOf(wrapped.kekVersion, context));
  decipher.setAuthTag(bytes.subarray(-TAG_BYTES));
  const seed = decipher.update(bytes.subarray(FORMAT.length + IV_BYTES, -TAG_BYTES));
  try {
    decipher.final();
    return seed;
  } catch {
    seed.fill(0);
    throw integrityFailed('The wrapped seed does not open under its KEK.');
  }
}

function kekOf(keyring: Keyring, kekVersion: string, scope: KekScope): KeyObject {
  const kek = keyring.keks.get(kekVersion);
  if (!kek) throw new AppError('key_unavailable', 'The encryption key that protects this key is not available. Ask your operator.', { cause: new Error('The keyring lacks a KEK.') });
  return keyOf(Buffer.from(hkdfSync('sha512', kek, Buffer.alloc(0), lengthPrefixed('byok/kek/v1', scope), 32)));
}

function aadOf(kekVersion: string, context: WrapContext): Buffer {
  return lengthPrefixed('byok/wrap/v1', kekVersion, context.deploymentId, context.orgId, context.dekId, context.dekVersion, context.kekScope);
}
