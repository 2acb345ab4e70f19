import { AppError, Secret } from '@byok/kernel';

const MAX_BYTES = 16 * 1024;
const SHORTEST_FOR_LAST4 = 20;

/** A secret as it came in, made fit for storing: outer spaces gone, nothing in it that could end a header line. */
export function takeSecret(text: string): { secret: Secret; last4: string } {
  const trimmed = text.replace(/^ +| +$/g, '');
  if (trimmed === '') throw new AppError('key_malformed', 'The key is empty.');
  if (Buffer.byteLength(trimmed) > MAX_BYTES) throw new AppError('key_malformed', 'The key is longer than 16 KB.');
  if (/[\r\n\0]/.test(trimmed)) throw new AppError('key_malformed', 'The key contains a line break or a NUL character. Paste it on one line.');
  if (/\p{Surrogate}/u.test(trimmed)) throw new AppError('key_malformed', 'The key is not well-formed text.');
  // Several fields as JSON have no end that would help to recognise them.
  const hasEnd = trimmed.length >= SHORTEST_FOR_LAST4 && !trimmed.startsWith('{');
  return { secret: new Secret(trimmed), last4: hasEnd ? trimmed.slice(-4) : '' };
}
