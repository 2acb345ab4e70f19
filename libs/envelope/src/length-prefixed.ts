/**
 * LP: each part as UTF-8 after its 4-byte big-endian length; whole numbers as decimal digits.
 * Two different lists never give the same bytes, which joining with a separator cannot promise.
 */
export function lengthPrefixed(...parts: readonly (string | number | Uint8Array)[]): Buffer {
  const pieces: Uint8Array[] = [];
  for (const part of parts) {
    const bytes = bytesOf(part);
    const length = Buffer.alloc(4);
    length.writeUInt32BE(bytes.length);
    pieces.push(length, bytes);
  }
  return Buffer.concat(pieces);
}

function bytesOf(part: string | number | Uint8Array): Uint8Array {
  if (typeof part === 'number') {
    if (!Number.isSafeInteger(part) || part < 0) throw new RangeError('Only whole numbers from zero can be encoded.');
    return Buffer.from(part.toString(10), 'latin1');
  }
  if (typeof part !== 'string') return part;
  // A lone surrogate would be replaced by U+FFFD, so two different strings would encode alike.
  if (/\p{Surrogate}/u.test(part)) throw new RangeError('Only well-formed text can be encoded.');
  return Buffer.from(part, 'utf8');
}
