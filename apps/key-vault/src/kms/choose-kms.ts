import type { Kms, Random } from '@byok/envelope';
import { StartRefused } from '@byok/platform';

import { envKms } from './env-kms.js';
import type { KekVariables } from './env-kms.js';
import { kmsSet } from './kms-set.js';
import type { KmsSet, KmsSetParts } from './kms-set.js';
import { localKms } from './local-kms.js';

export interface KmsVariables extends KekVariables {
  BYOK_KEK: string;
  BYOK_KEK_OLD?: string | undefined;
  BYOK_PLATFORM_KEK?: string | undefined;
}

/** Every KMS that the operator configured. Nothing is generated when one is missing: a made-up KEK would lose every key at the next start. */
export function chooseKms(variables: KmsVariables, random: Random, customers: Pick<KmsSetParts, 'customerKms' | 'ownKekUri'> = {}): KmsSet {
  const made = new Map<string, Kms>();
  const kmsAt = (uri: string, variable: string): Kms => {
    const kms = made.get(uri) ?? makeKms(uri, variable, variables, random);
    // A seed remembers the KMS's name alone, and two keyring files have the same one.
    if (!made.has(uri) && [...made.values()].some((other) => other.uri === kms.uri)) throw new StartRefused(`${variable} names a second KMS called ${kms.uri}. Put the old keys beside the new one in one keyring file.`);
    made.set(uri, kms);
    return kms;
  };
  const active = kmsAt(variables.BYOK_KEK, 'BYOK_KEK');
  const platform = variables.BYOK_PLATFORM_KEK === undefined ? active : kmsAt(variables.BYOK_PLATFORM_KEK, 'BYOK_PLATFORM_KEK');
  const old = (variables.BYOK_KEK_OLD ?? '').split(',').map((each) => each.trim()).filter(Boolean).map((uri) => kmsAt(uri, 'BYOK_KEK_OLD'));
  return kmsSet({ active, platform, old, ...customers });
}

function makeKms(uri: string, variable: string, variables: KekVariables, random: Random): Kms {
  if (uri === 'env:') return envKms(variables, random);
  if (uri.startsWith('local:') && uri.length > 'local:'.length) return localKms(uri.slice('local:'.length), random);
  throw new StartRefused(`${variable} must be local:<keyring file> or env:.`);
}
