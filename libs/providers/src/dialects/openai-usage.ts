import type { Meters } from '@byok/contracts';
import type { Found } from '../find-usage.js';
import type { UsageRules } from '../provider.js';
import { LARGEST, count, inner } from './count.js';
import { imageMeters } from './image-meters.js';

/** What is told of nothing. */
const NO_DETAILS: Found = {};

/** OpenAI's usage object, as chat, completions, embeddings or responses write it, and its relatives' own names for the same things. */
export function metersOfOpenAi(usage: Found, rules: UsageRules): Meters | null {
  const prompt = count(usage, 'prompt_tokens') ?? count(usage, 'input_tokens');
  const completion = count(usage, 'completion_tokens') ?? count(usage, 'output_tokens');
  const total = count(usage, 'total_tokens');
  if (prompt === null && completion === null && total === null) return null;

  const promptDetails = inner(usage, 'prompt_tokens_details') ?? inner(usage, 'input_tokens_details') ?? inner(usage, 'prompt_token_details') ?? NO_DETAILS;
  const outputDetails = inner(usage, 'completion_tokens_details') ?? inner(usage, 'output_tokens_details') ?? NO_DETAILS;
  const reasoning = count(outputDetails, 'reasoning_tokens') ?? count(usage, 'reasoning_tokens') ?? 0;
  const cacheRead = cachedTokens(usage, promptDetails);
  const cacheWrite = count(promptDetails, 'cache_write_tokens') ?? count(promptDetails, 'cache_creation_input_tokens') ?? count(usage, 'cache_write_tokens') ?? 0;
  // Embedding providers report a total alone; and xAI once left the cached part out of the prompt.
  const stated = prompt ?? Math.max(0, (total ?? 0) - (completion ?? 0));
  const input = cacheRead > stated ? stated + cacheRead : stated;
  const output = Math.min(LARGEST, outputTokens(rules, { prompt: stated, completion: completion ?? 0, reasoning, total }));
  const inputUncached = Math.max(0, input - cacheRead - cacheWrite);
  const imageIn = Math.min(count(promptDetails, 'image_tokens') ?? 0, inputUncached);
  const imageOut = Math.min(count(outputDetails, 'image_tokens') ?? 0, output);
  const meters: Meters = {
    inputUncached,
    cacheRead,
    cacheWrite5m: Math.min(cacheWrite, Math.max(0, input - cacheRead)),
    cacheWrite1h: 0,
    output,
    reasoning: Math.min(reasoning, output),
    audioIn: count(promptDetails, 'audio_tokens') ?? 0,
    audioOut: count(outputDetails, 'audio_tokens') ?? 0,
  };
  return imageIn + imageOut === 0 ? meters : { ...meters, ...imageMeters(imageIn, imageOut) };
}

function cachedTokens(usage: Found, details: Found): number {
  return count(details, 'cached_tokens') ?? count(details, 'cache_read_input_tokens') ?? count(usage, 'prompt_cache_hit_tokens') ?? count(usage, 'cached_tokens') ?? count(usage, 'num_cached_tokens') ?? 0;
}

interface OutputCounts {
  prompt: number;
  completion: number;
  reasoning: number;
  total: number | null;
}

/** Adds reasoning where the provider counts it beside the completion; its own total is the witness when it has one. */
function outputTokens(rules: UsageRules, { prompt, completion, reasoning, total }: OutputCounts): number {
  if (rules.reasoning === 'included') return completion;
  if (rules.reasoning === 'excluded-when-larger') return reasoning > completion ? completion + reasoning : completion;
  const totalHoldsItAlready = total !== null && total === prompt + completion && reasoning <= completion;
  return totalHoldsItAlready ? completion : completion + reasoning;
}
