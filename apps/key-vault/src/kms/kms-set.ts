import type { Kms } from '@byok/envelope';
import { AppError } from '@byok/kernel';

import type { KeyOrg } from '../store/key-row.js';

/** Every KMS that this vault may ask. */
export interface KmsSet {
  /** The one that wraps what has no KEK of its own. */
  readonly active: Kms;
  /** What the operator configured: the active one, the platform's, and those still needed to unwrap. */
  readonly all: readonly Kms[];
  /** The KMS by which a seed was wrapped. @throws AppError key_unavailable for one that may not be asked */
  of(kekUri: string): Kms;
  /** What wraps an org's next seed: the KEK it brought, the platform's for platform keys, else the active one. */
  forOrg(orgId: KeyOrg): Promise<Kms>;
  /** True for a KEK that a customer holds: it may be taken away at any time, so nothing opened by it is kept for long. */
  isCustomers(kekUri: string): boolean;
}

export interface KmsSetParts {
  active: Kms;
  platform?: Kms | undefined;
  old?: readonly Kms[];
  /** The KMS of a customer's KEK, or undefined where the operator does not allow that one. */
  customerKms?: (kekUri: string) => Kms | undefined;
  ownKekUri?: (orgId: KeyOrg) => Promise<string | undefined>;
}

export function kmsSet(parts: KmsSetParts): KmsSet {
  const { active, platform = active, old = [] } = parts;
  const all = [...new Set([active, platform, ...old])];
  const configured = new Map(all.map((kms) => [kms.uri, kms]));
  const of = (kekUri: string): Kms => configured.get(kekUri) ?? parts.customerKms?.(kekUri) ?? missing(kekUri);
  return {
    active,
    all,
    of,
    forOrg: async (orgId) => {
      if (orgId === 'platform') return platform;
      const own = await parts.ownKekUri?.(orgId);
      return own === undefined ? active : of(own);
    },
    isCustomers: (kekUri) => !configured.has(kekUri),
  };
}

function missing(kekUri: string): never {
  throw new AppError('key_unavailable', 'The encryption key that protects this key is not available. Ask your operator.', { cause: new Error(`No KMS is configured for ${kekUri}.`) });
}
