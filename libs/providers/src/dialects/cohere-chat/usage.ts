import type { Meters } from '@byok/contracts';
import type { Found } from '../../find-usage.js';
import { count, inner } from '../count.js';

/** Tokens as the model counted them; `billed_units` leaves out what Cohere itself adds to a prompt and is told as it is, beside the meters. */
export function metersOfCohere(usage: Found): Meters | null {
  const counted = inner(usage, 'tokens') ?? inner(usage, 'billed_units') ?? {};
  const input = count(counted, 'input_tokens');
  const output = count(counted, 'output_tokens');
  if (input === null && output === null) return null;
  const cacheRead = Math.min(count(usage, 'cached_tokens') ?? 0, input ?? 0);
  return { inputUncached: (input ?? 0) - cacheRead, cacheRead, cacheWrite5m: 0, cacheWrite1h: 0, output: output ?? 0, reasoning: 0, audioIn: 0, audioOut: 0 };
}
