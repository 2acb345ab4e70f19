import { integrityFailed } from '@byok/envelope';
import { AppError } from '@byok/kernel';

/**
 * What a failed question to a KMS says. `invalid`: it did not wrap these bytes. `refused`: its answer about the KEK, such as
 * a disabled version or a missing permission. `wrong`: an answer that cannot be right. `unreachable`: nothing about the KEK.
 */
export type KmsFault = 'invalid' | 'refused' | 'wrong' | 'unreachable';

/** The log's side of a KMS error: which KMS, and its own code. Never its sentence, which may quote what it was sent. */
class KmsFailure extends Error {
  override name = 'KmsFailure';
  constructor(
    readonly fault: KmsFault,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

const SENTENCES: Record<Exclude<KmsFault, 'invalid'>, string> = {
  refused: 'The encryption key that protects this key is not available. Ask your operator.',
  wrong: 'The encryption key that protects this key is not available. Ask your operator.',
  unreachable: 'The service that holds the encryption key of this key does not answer. Try again shortly.',
};

export function kmsError(fault: KmsFault, kekUri: string, reason: string): AppError {
  if (fault === 'invalid') return integrityFailed(`${kekUri}: ${reason}`);
  return new AppError('key_unavailable', SENTENCES[fault], { cause: new KmsFailure(fault, `${kekUri}: ${reason}`) });
}

/** The fault behind an error that a KMS threw; undefined when it is none of a KMS's. */
export function faultOf(error: unknown): Exclude<KmsFault, 'invalid'> | undefined {
  const cause = error instanceof AppError ? error.cause : undefined;
  return cause instanceof KmsFailure && cause.fault !== 'invalid' ? cause.fault : undefined;
}

/** The reason for the operator's eyes. */
export function reasonOf(error: unknown): string {
  const cause = error instanceof AppError && error.cause instanceof Error ? error.cause : error;
  return cause instanceof Error ? cause.message : 'no reason given';
}

/** A copy of what an SDK handed over; the SDK's own is zeroed. */
export function takeBytes(bytes: Uint8Array): Buffer {
  const taken = Buffer.from(bytes);
  bytes.fill(0);
  return taken;
}

/** Made at the first use and kept: the cloud libraries are large, and most vaults never need one. */
export function lazily<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined;
  return () => (made ??= make());
}
