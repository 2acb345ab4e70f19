import { AppError } from '@byok/kernel';

/** One public sentence for every way a sealed value can be wrong; which way it was goes to the log alone. */
export function integrityFailed(why: string): AppError {
  return new AppError('integrity_failed', 'This key cannot be opened: what is stored does not match its record. Store the key again.', { cause: new Error(why) });
}
