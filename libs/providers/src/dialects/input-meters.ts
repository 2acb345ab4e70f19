import type { Meters } from '@byok/contracts';

/** The meters of a call that reads and writes nothing: embeddings. */
export function inputMeters(tokens: number | null): Meters | null {
  return tokens === null ? null : { inputUncached: tokens, cacheRead: 0, cacheWrite5m: 0, cacheWrite1h: 0, output: 0, reasoning: 0, audioIn: 0, audioOut: 0 };
}
