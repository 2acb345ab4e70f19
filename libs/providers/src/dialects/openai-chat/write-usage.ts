import type { Meters } from '@byok/contracts';

/** Meters as OpenAI counts: the prompt holds what was read from a cache and written to it, the completion holds the reasoning. */
export function writeUsage(meters: Meters): object {
  const written = meters.cacheWrite5m + meters.cacheWrite1h;
  const prompt = meters.inputUncached + meters.cacheRead + written;
  return {
    prompt_tokens: prompt,
    completion_tokens: meters.output,
    total_tokens: prompt + meters.output,
    prompt_tokens_details: { cached_tokens: meters.cacheRead, ...(written === 0 ? {} : { cache_write_tokens: written }), audio_tokens: meters.audioIn, ...imageTokens(meters.imageIn) },
    completion_tokens_details: { reasoning_tokens: meters.reasoning, audio_tokens: meters.audioOut, ...imageTokens(meters.imageOut) },
  };
}

function imageTokens(tokens: number | undefined): object {
  return tokens === undefined ? {} : { image_tokens: tokens };
}
