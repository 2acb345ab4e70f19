import { createHmac, scryptSync } from 'node:crypto';

import { keyOf } from '@byok/envelope';
import type { Kms, Random } from '@byok/envelope';
import { StartRefused } from '@byok/platform';

import { weaknessOfKey, weaknessOfPhrase } from './kek-strength.js';
import { keyringKms } from './keyring-kms.js';

export interface KekVariables {
  BYOK_ENCRYPTION_KEY?: string | undefined;
  BYOK_ENCRYPTION_PASSWORD?: string | undefined;
  BYOK_ENCRYPTION_SALT?: string | undefined;
}

const SCRYPT = { N: 2 ** 17, r: 8, p: 1, maxmem: 256 * 1024 * 1024 };

/** The KMS of one KEK from the environment: 32 bytes in hex, or a pass phrase and salt through scrypt. */
export function envKms(variables: KekVariables, random: Random): Kms {
  const bytes = kekBytes(variables);
  // The KEK's name follows from the KEK, so that another one is not taken for it.
  const kekVersion = `env:${createHmac('sha256', bytes).update('byok/kek-name/v1').digest('hex').slice(0, 16)}`;
  return keyringKms({ uri: 'env:', active: kekVersion, keks: new Map([[kekVersion, keyOf(bytes)]]) }, random);
}

function kekBytes(variables: KekVariables): Buffer {
  const { BYOK_ENCRYPTION_KEY: hex, BYOK_ENCRYPTION_PASSWORD: password, BYOK_ENCRYPTION_SALT: salt } = variables;
  if (hex && (password || salt)) throw new StartRefused('Set BYOK_ENCRYPTION_KEY, or BYOK_ENCRYPTION_PASSWORD with BYOK_ENCRYPTION_SALT, not both.');
  if (hex) return fromHex(hex);
  if (password && salt) return fromPassword(password, salt);
  throw new StartRefused('BYOK_KEK is env:, which needs BYOK_ENCRYPTION_KEY, or BYOK_ENCRYPTION_PASSWORD with BYOK_ENCRYPTION_SALT.');
}

function fromHex(hex: string): Buffer {
  if (!/^[0-9a-fA-F]{64}$/.test(hex)) throw new StartRefused('BYOK_ENCRYPTION_KEY must be 64 hex digits (32 bytes). Make one with: openssl rand -hex 32');
  const bytes = Buffer.from(hex, 'hex');
  const weakness = weaknessOfKey(bytes);
  if (weakness) throw new StartRefused(`BYOK_ENCRYPTION_KEY is refused because ${weakness}. Make one with: openssl rand -hex 32`);
  return bytes;
}

function fromPassword(password: string, salt: string): Buffer {
  for (const [name, phrase] of [['BYOK_ENCRYPTION_PASSWORD', password], ['BYOK_ENCRYPTION_SALT', salt]] as const) {
    const weakness = weaknessOfPhrase(phrase);
    if (weakness) throw new StartRefused(`${name} is refused because ${weakness}.`);
  }
  return scryptSync(password, salt, 32, SCRYPT);
}
