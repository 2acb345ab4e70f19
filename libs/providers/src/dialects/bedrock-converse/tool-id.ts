import { createHash } from 'node:crypto';
import { familyOf } from './model-family.js';

const ALLOWED = /^[A-Za-z0-9_-]{1,64}$/;
const MISTRAL = /^[A-Za-z0-9]{9}$/;

/**
 * The id of a tool call as this model takes it. Ids come from the caller and may be another provider's; one that does not fit
 * becomes a fingerprint of itself, the same for the call and its result in every later request. Ids in answers are passed on as
 * they are, so the caller never sees the replacement.
 */
export function wireToolId(id: string, model: string): string {
  if (familyOf(model) === 'mistral') return MISTRAL.test(id) ? id : alphanumeric(id, 9);
  return ALLOWED.test(id) ? id : `call_${alphanumeric(id, 24)}`;
}

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';

function alphanumeric(id: string, length: number): string {
  return [...createHash('sha256').update(id).digest().subarray(0, length)].map((byte) => ALPHABET[byte % ALPHABET.length]!).join('');
}
