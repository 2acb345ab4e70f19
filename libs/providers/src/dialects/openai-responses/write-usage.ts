import type { Meters } from '@byok/contracts';

/** Meters as this dialect's usage object, where every kind of input is part of the input. */
export function writeUsage(meters: Meters | null): object | null {
  if (!meters) return null;
  const { inputUncached, cacheRead, cacheWrite5m, cacheWrite1h, output, reasoning, audioIn, audioOut, imageIn = 0, imageOut = 0 } = meters;
  const input = inputUncached + cacheRead + cacheWrite5m + cacheWrite1h;
  return {
    input_tokens: input,
    input_tokens_details: { cached_tokens: cacheRead, cache_write_tokens: cacheWrite5m + cacheWrite1h, ...(audioIn > 0 ? { audio_tokens: audioIn } : {}), ...(imageIn > 0 ? { image_tokens: imageIn } : {}) },
    output_tokens: output,
    output_tokens_details: { reasoning_tokens: reasoning, ...(audioOut > 0 ? { audio_tokens: audioOut } : {}), ...(imageOut > 0 ? { image_tokens: imageOut } : {}) },
    total_tokens: input + output,
  };
}
