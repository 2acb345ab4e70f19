import type { KekScope } from './derive-dek.js';

/** What a seed belongs to. Sent along for the KMS's own audit trail and policies; protection does not rest on it (see derive-dek). */
export interface WrapContext {
  deploymentId: string;
  orgId: string;
  dekId: string;
  dekVersion: number;
  kekScope: KekScope;
}

export interface WrappedSeed {
  bytes: Buffer;
  /** Which key of the KMS wrapped it, in the KMS's own words. */
  kekVersion: string;
}

export interface KmsStatus {
  healthy: boolean;
  /** The key that `wrap` uses now; a seed wrapped under another one is due for rewrapping. */
  kekVersion: string;
}

/** Holder of the KEK. An implementation passes `kms.suite.ts`. */
export interface Kms {
  /** Stored beside what it wrapped, without any secret: `local:`, `env:`, `awskms:…`. */
  readonly uri: string;
  wrap(seed: Buffer, context: WrapContext): Promise<WrappedSeed>;
  /** Throws `integrity_failed` for bytes it did not wrap, `key_unavailable` when it does not hold (or cannot reach) the KEK named. */
  unwrap(wrapped: WrappedSeed, context: WrapContext): Promise<Buffer>;
  /** The same seed under the key that `wrap` uses now, without the seed leaving the KMS. Where it is absent: unwrap and wrap. */
  rewrap?(wrapped: WrappedSeed, context: WrapContext): Promise<WrappedSeed>;
  /** Throws `key_unavailable` when the KMS cannot be reached. */
  status(): Promise<KmsStatus>;
}
