import type { Secret } from '@byok/kernel';
import { redactKey, secretParts } from '@byok/providers';

const MIN_PIECE = 8;

/** What a provider said, without any piece of the key it was sent: plain, base64, hex or URL-encoded. */
export function redact(text: string, secret: Secret): string {
  let clean = text;
  for (const form of secretParts(secret.expose()).flatMap(formsOf)) clean = redactKey(clean, form);
  return clean;
}

function formsOf(key: string): string[] {
  const bytes = Buffer.from(key);
  const hex = bytes.toString('hex');
  const base64 = [0, 1, 2].flatMap((shift) => {
    // Behind 0, 1 or 2 other bytes the same key looks different in base64; the ends depend on the neighbours and are left out.
    const encoded = Buffer.concat([Buffer.alloc(shift), bytes]).toString('base64').replace(/=+$/, '');
    const inner = encoded.slice(shift === 0 ? 0 : 4, -2);
    return [inner, inner.replaceAll('+', '-').replaceAll('/', '_')];
  });
  const forms = [key, encodeURIComponent(key), hex, hex.toUpperCase(), ...base64];
  return [...new Set(forms)].filter((form) => form.length >= MIN_PIECE);
}
