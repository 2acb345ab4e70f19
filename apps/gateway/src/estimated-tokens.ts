import type { Meters } from '@byok/contracts';

const BYTES_PER_TOKEN = 4;

/** A rough count where the provider told nothing: four bytes of JSON are about one token. */
export function estimatedTokens(bytes: number): number {
  return Math.min(Math.ceil(bytes / BYTES_PER_TOKEN), 1_000_000_000);
}

/** The same as what a usage event says, of a request and of so many tokens of output. */
export function estimatedMeters(requestBytes: number, output: number): Meters {
  return { inputUncached: estimatedTokens(requestBytes), cacheRead: 0, cacheWrite5m: 0, cacheWrite1h: 0, output, reasoning: 0, audioIn: 0, audioOut: 0 };
}
