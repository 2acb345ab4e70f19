import { createSecretKey, hkdfSync } from 'node:crypto';
import type { KeyObject } from 'node:crypto';

import { lengthPrefixed } from './length-prefixed.js';

/** Which KEK wraps the seed: the one for tenants, or the one for the platform's own paid keys. */
export type KekScope = 'tenant' | 'platform';

export interface DekName {
  deploymentId: string;
  orgId: string;
  /** `dek_<32 hex>`. */
  dekId: string;
  dekVersion: number;
  kekScope: KekScope;
}

/** An org's data key and its two siblings, each only good for its one purpose. */
export interface Dek {
  id: string;
  version: number;
  seal: KeyObject;
  fingerprint: KeyObject;
  configMac: KeyObject;
}

const NO_SALT = Buffer.alloc(0);

/**
 * The org's DEK from its unwrapped seed. The seed is zeroed: from here on it lives wrapped in the database only.
 * Binding the org in here, not in the KMS, gives every KMS the same protection and keeps its own rewrap usable.
 */
export function deriveDek(seed: Buffer, name: DekName): Dek {
  if (seed.length !== 32) throw new RangeError('A seed has 32 bytes.');
  const seedKey = keyOf(seed);
  const info = lengthPrefixed('byok/dek/v1', name.deploymentId, name.orgId, name.dekId, name.dekVersion, name.kekScope);
  const seal = expand(seedKey, info);
  return {
    id: name.dekId,
    version: name.dekVersion,
    seal,
    fingerprint: expand(seal, lengthPrefixed('byok/fingerprint/v1', name.orgId)),
    configMac: expand(seal, lengthPrefixed('byok/config-mac/v1', name.orgId)),
  };
}

/** The 16 bytes that stand for a DEK id in a blob. */
export function dekIdBytes(dekId: string): Buffer {
  const match = /^dek_([0-9a-f]{32})$/.exec(dekId);
  if (!match) throw new RangeError('A DEK id is "dek_" and 32 hex digits.');
  return Buffer.from(match[1]!, 'hex');
}

function expand(from: KeyObject, info: Buffer): KeyObject {
  return keyOf(Buffer.from(hkdfSync('sha512', from, NO_SALT, info, 32)));
}

/** Moves bytes into a KeyObject (a raw Buffer key costs four times as much on Node 24) and zeroes them. */
export function keyOf(bytes: Buffer): KeyObject {
  const key = createSecretKey(bytes);
  bytes.fill(0);
  return key;
}
