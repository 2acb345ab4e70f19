import type { OwnerType } from '@byok/kernel';

import { BLOB_FORMAT } from './blob.js';
import { lengthPrefixed } from './length-prefixed.js';

/** The columns of a key that never change. Moving a key to another group means sealing it again. */
export interface SealedFor {
  deploymentId: string;
  /** The org, or "platform". */
  orgId: string;
  ownerType: OwnerType;
  ownerId: string;
  provider: string;
  keyId: string;
  keyVersion: number;
  /** Which field of the credential, such as "secret". */
  field: string;
}

/** What a sealed value is bound to: changing any of these makes it unreadable. */
export function aadOf(row: SealedFor): Buffer {
  return lengthPrefixed(BLOB_FORMAT, row.deploymentId, row.orgId, row.ownerType, row.ownerId, row.provider, row.keyId, row.keyVersion, row.field);
}
