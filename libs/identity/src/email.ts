import { AppError } from '@byok/kernel';

/** The one spelling under which an address is stored and looked up, so that case, width or a stray space cannot make a twin of somebody. */
export function normalEmail(email: string): string {
  const normal = email.normalize('NFKC').trim().toLowerCase();
  if (normal.length > 254 || !/^[^\s@\p{C}]+@[^\s@\p{C}]+$/u.test(normal)) throw new AppError('invalid_request', 'This is not an e-mail address.', { details: { field: 'email' } });
  return normal;
}
