/** Why these 32 bytes cannot be a KEK, or undefined. The reason never quotes them. */
export function weaknessOfKey(bytes: Uint8Array): string | undefined {
  if (bytes.length !== 32) return 'it must be exactly 32 bytes';
  if (bytes.every((byte) => byte === 0)) return 'it is all zero';
  if (hasPeriod(bytes) || isCounting(bytes)) return 'it is a repeated or counting pattern, like a sample from documentation';
  // 32 random bytes are all printable once in 10^13 times: this is a pass phrase in the wrong variable.
  if (bytes.every((byte) => byte >= 0x20 && byte < 0x7f)) return 'it is text, not random bytes';
  if (new Set(bytes).size < 20) return 'it is not random enough';
  return undefined;
}

/** Why this pass phrase or salt cannot be used, or undefined. */
export function weaknessOfPhrase(phrase: string): string | undefined {
  if (/^(your|my|change|example|sample|dummy|default|password|passw0rd|secret|test|todo|insert|replace|<)/i.test(phrase)) return 'it looks like a sample from documentation';
  if (phrase.length < 16) return 'it must have at least 16 characters';
  if (new Set(phrase).size < 8) return 'it is not random enough';
  return undefined;
}

function hasPeriod(bytes: Uint8Array): boolean {
  return [1, 2, 4, 8, 16].some((period) => bytes.every((byte, at) => byte === bytes[at % period]));
}

function isCounting(bytes: Uint8Array): boolean {
  const step = (bytes[1]! - bytes[0]! + 256) % 256;
  // Nibble samples such as 0123456789abcdef… count by a fixed step as well.
  return bytes.every((byte, at) => at === 0 || (byte - bytes[at - 1]! + 256) % 256 === step);
}
