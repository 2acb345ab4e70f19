import { hash, verify } from '@node-rs/argon2';
import { AppError } from '@byok/kernel';

// OWASP's first choice for argon2id: 19 MiB, two passes, one lane (the library's default algorithm is argon2id).
const COST = { memoryCost: 19_456, timeCost: 2, parallelism: 1 } as const;

const MIN_LENGTH = 12;
const MAX_BYTES = 1_024;

/** Hashes a new password; refuses one that is too short to resist guessing or too long to hash cheaply. */
export async function hashPassword(password: string): Promise<string> {
  if ([...password].length < MIN_LENGTH) throw new AppError('invalid_request', `A password has at least ${MIN_LENGTH} characters.`, { details: { field: 'password' } });
  if (Buffer.byteLength(password) > MAX_BYTES) throw new AppError('invalid_request', `A password has at most ${MAX_BYTES} bytes.`, { details: { field: 'password' } });
  return hash(normal(password), COST);
}

/** Does the password fit? Takes as long for an unknown user (`undefined`) or one without a password as for a wrong password. */
export async function verifyPassword(stored: string | null | undefined, password: string): Promise<boolean> {
  const isTooLong = Buffer.byteLength(password) > MAX_BYTES;
  const fits = await verify(stored ?? (await decoy()), isTooLong ? '' : normal(password));
  return fits && !isTooLong && typeof stored === 'string';
}

let decoyHash: Promise<string> | undefined;

/** A hash of the same cost that nobody's password fits, made once. */
function decoy(): Promise<string> {
  decoyHash ??= hash('nobody has this password', COST);
  return decoyHash;
}

/** The same password typed on two systems may differ in its composed characters. */
const normal = (password: string): string => password.normalize('NFKC');
