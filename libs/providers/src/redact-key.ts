import { secretParts } from './json-secret.js';

const SHORTEST_PIECE = 8;
const MARK = '[redacted]';

/** Replaces every piece of 8 or more characters of `key`, plain or encoded, in `text` with `[redacted]`; of a key of several parts, of each secret part. */
export function redactKey(text: string, key: string): string {
  return secretParts(key).reduce(redactPart, text);
}

function redactPart(text: string, key: string): string {
  if (key.length < SHORTEST_PIECE) return key === '' ? text : text.split(key).join(MARK);
  const pieces = piecesOf(key);
  let result = '';
  let position = 0;
  while (position < text.length) {
    if (!pieces.has(text.slice(position, position + SHORTEST_PIECE))) {
      result += text[position]!;
      position += 1;
      continue;
    }
    let end = position + SHORTEST_PIECE;
    while (end < text.length && pieces.has(text.slice(end - SHORTEST_PIECE + 1, end + 1))) end += 1;
    result += MARK;
    position = end;
  }
  return result;
}

/** Every run of 8 characters of the key and of the forms in which an echo may carry it. */
function piecesOf(key: string): Set<string> {
  const bytes = Buffer.from(key, 'utf8');
  const base64 = [0, 1, 2].map((skipped) => bytes.subarray(skipped).toString('base64').replace(/=+$/, ''));
  const forms = [key, encodeURIComponent(key), bytes.toString('hex'), bytes.toString('hex').toUpperCase(), ...base64, ...base64.map((each) => each.replaceAll('+', '-').replaceAll('/', '_'))];
  const pieces = new Set<string>();
  for (const form of forms) {
    for (let start = 0; start + SHORTEST_PIECE <= form.length; start += 1) pieces.add(form.slice(start, start + SHORTEST_PIECE));
  }
  return pieces;
}
