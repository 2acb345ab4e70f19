import type { Meters } from '@byok/contracts';

/** Meters as this dialect's usage object: cache reads and writes stand beside the input, reasoning inside the output. */
export function writeUsage(meters: Meters | null): object {
  const { inputUncached = 0, cacheRead = 0, cacheWrite5m = 0, cacheWrite1h = 0, output = 0, reasoning = 0 } = meters ?? {};
  return {
    input_tokens: inputUncached,
    cache_creation_input_tokens: cacheWrite5m + cacheWrite1h,
    cache_read_input_tokens: cacheRead,
    cache_creation: { ephemeral_5m_input_tokens: cacheWrite5m, ephemeral_1h_input_tokens: cacheWrite1h },
    output_tokens: output,
    ...(reasoning > 0 ? { output_tokens_details: { thinking_tokens: reasoning } } : {}),
  };
}
