import type { ReasoningPart } from '../chat-form.js';

/**
 * `encrypted_content` is opaque to callers, and what they get there comes back unchanged. A proof that stands beside readable reasoning
 * (Anthropic's signature) travels in it, too, marked so that it is not taken for the reasoning itself.
 */
const PROOF = 'proof:';

export function encryptedContent(signature: string, isSealed: boolean): string {
  return isSealed ? signature : PROOF + signature;
}

export function readEncryptedContent(content: string): Required<Pick<ReasoningPart, 'signature' | 'isSealed'>> {
  return content.startsWith(PROOF) ? { signature: content.slice(PROOF.length), isSealed: false } : { signature: content, isSealed: true };
}
