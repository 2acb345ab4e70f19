import type { Meters } from '@byok/contracts';
import type { Found } from '../find-usage.js';
import { count, inner } from './count.js';

/** Anthropic's usage object. Its input count leaves cache reads and writes out, so the meters are disjoint as they come. */
export function metersOfAnthropic(usage: Found): Meters | null {
  const input = count(usage, 'input_tokens');
  const output = count(usage, 'output_tokens');
  if (input === null && output === null) return null;
  const written = count(usage, 'cache_creation_input_tokens') ?? 0;
  const byAge = inner(usage, 'cache_creation') ?? {};
  const oneHour = count(byAge, 'ephemeral_1h_input_tokens') ?? 0;
  const fiveMinutes = count(byAge, 'ephemeral_5m_input_tokens') ?? 0;
  const reasoning = count(inner(usage, 'output_tokens_details') ?? {}, 'thinking_tokens') ?? 0;
  return {
    inputUncached: input ?? 0,
    cacheRead: count(usage, 'cache_read_input_tokens') ?? 0,
    // What the split by age does not name was written at the default age.
    cacheWrite5m: Math.max(fiveMinutes, written - oneHour),
    cacheWrite1h: oneHour,
    output: output ?? 0,
    reasoning: Math.min(reasoning, output ?? 0),
    audioIn: 0,
    audioOut: 0,
  };
}

/** message_start tells the input, message_delta the output so far and sometimes the input again: the later word counts. */
export function mergeAnthropicUsage(start: Found | null, delta: Found | null): Found | null {
  if (!start || !delta) return delta ?? start;
  const merged: Found = { ...start };
  for (const [name, value] of Object.entries(delta)) if (value !== null) merged[name] = value;
  return merged;
}
