import { AppError } from '@byok/kernel';

/** Randomness as a port. The edge passes node:crypto's randomBytes; there is no fallback generator. */
export interface Random {
  bytes(length: number): Buffer;
}

/** `length` fresh random bytes, or the error the caller may show; a generator that fails or falls short stops the seal. */
export function freshBytes(random: Random, length: number): Buffer {
  let bytes: Buffer;
  try {
    bytes = random.bytes(length);
  } catch (error) {
    throw new AppError('service_unavailable', 'No randomness is available, so nothing can be sealed now. Try again later.', { cause: error });
  }
  if (bytes.length !== length) throw new AppError('service_unavailable', 'No randomness is available, so nothing can be sealed now. Try again later.');
  return bytes;
}
