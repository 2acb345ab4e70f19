import type { Kms, Random } from '@byok/envelope';
import { StartRefused } from '@byok/platform';

import { envKms } from './env-kms.js';
import type { KekVariables } from './env-kms.js';
import { localKms } from './local-kms.js';

/** The KMS that BYOK_KEK names. Nothing is generated when it is missing: a made-up KEK would lose every key at the next start. */
export function chooseKms(variables: KekVariables & { BYOK_KEK: string }, random: Random): Kms {
  const uri = variables.BYOK_KEK;
  if (uri === 'env:') return envKms(variables, random);
  if (uri.startsWith('local:') && uri.length > 'local:'.length) return localKms(uri.slice('local:'.length), random);
  throw new StartRefused('BYOK_KEK must be local:<keyring file> or env:.');
}
