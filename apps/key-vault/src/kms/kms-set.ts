import type { Kms } from '@byok/envelope';
import { AppError } from '@byok/kernel';
import type { OrgId } from '@byok/kernel';

import type { CustomerKeks } from './customer-keks.js';
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
  /** The KMS of a KEK that this org may bring; undefined where the operator does not allow it. */
  customersAt(kekUri: string, orgId: OrgId): Kms | undefined;
}

export interface KmsSetParts {
  active: Kms;
  platform?: Kms | undefined;
  old?: readonly Kms[];
  customers?: CustomerKeks;
  ownKekUri?: ((orgId: OrgId) => Promise<string | undefined>) | undefined;
}

export function kmsSet(parts: KmsSetParts): KmsSet {
  const { active, platform = active, old = [] } = parts;
  const all = [...new Set([active, platform, ...old])];
  const configured = new Map(all.map((kms) => [kms.uri, kms]));
  const of = (kekUri: string): Kms => configured.get(kekUri) ?? parts.customers?.at(kekUri) ?? missing(kekUri);
  return {
    active,
    all,
    of,
    forOrg: async (orgId) => {
      if (orgId === 'platform') return platform;
      const own = await parts.ownKekUri?.(orgId);
      return own === undefined ? active : (parts.customers?.at(own, orgId) ?? missing(own));
    },
    isCustomers: (kekUri) => !configured.has(kekUri),
    customersAt: (kekUri, orgId) => (configured.has(kekUri) ? undefined : parts.customers?.at(kekUri, orgId)),
  };
}

function missing(kekUri: string): never {
  throw new AppError('key_unavailable', 'The encryption key that protects this key is not available. Ask your operator.', { cause: new Error(`No KMS is configured for ${kekUri}.`) });
}
