import type { SealedFor } from '@byok/envelope';
import type { KeyId, OrgId, OwnerType, UserId } from '@byok/kernel';

export const KEY_STATUSES = ['active', 'invalid', 'undecryptable', 'disabled', 'revoked'] as const;
export type KeyStatus = (typeof KEY_STATUSES)[number];

/** How calls with a key fare. */
export type KeyHealth = 'unknown' | 'ok' | 'failing';

export interface KeyGrant {
  userId: UserId;
  /** RFC 3339 */
  until: string;
}

/** The org a key lives in; platform keys live in a scope of their own. */
export type KeyOrg = OrgId | 'platform';

export interface KeyOwner {
  type: OwnerType;
  id: string;
}

/** A key as stored. */
export interface KeyRow {
  id: KeyId;
  orgId: KeyOrg;
  ownerType: OwnerType;
  ownerId: string;
  provider: string;
  label: string;
  description: string;
  last4: string;
  status: KeyStatus;
  statusReason: string;
  version: number;
  dekId: string;
  dekVersion: number;
  /** null once revoked. */
  blob: Buffer | null;
  config: Record<string, string>;
  configMac: Buffer;
  fingerprint: string | null;
  allowedUsers: string[];
  allowedModels: string[];
  priority: number;
  createdAt: Date;
  createdBy: string;
  lastTestedAt: Date | null;
  lastTestOutcome: string;
  health: KeyHealth;
  healthReason: string;
  healthAt: Date | null;
  expiresAt: Date | null;
  rotateAfterDays: number | null;
  /** Since when it has this secret. */
  secretSince: Date;
  /** To the hour. */
  lastUsedAt: Date | null;
  /** Stopped until somebody unseals it. */
  isSealed: boolean;
  /** Who may use it for a while beside `allowedUsers`. */
  grants: KeyGrant[];
}

/** What a version of this key is sealed for. */
export function sealedFor(key: Pick<KeyRow, 'id' | 'orgId' | 'ownerType' | 'ownerId' | 'provider' | 'version'>, deploymentId: string): SealedFor {
  return { deploymentId, orgId: key.orgId, ownerType: key.ownerType, ownerId: key.ownerId, provider: key.provider, keyId: key.id, keyVersion: key.version, field: 'secret' };
}
