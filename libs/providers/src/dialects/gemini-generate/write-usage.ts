import type { Meters } from '@byok/contracts';

/** Meters in Google's words: thoughts and candidates apart, the cache inside the prompt; the total is the sum of all of them. */
export function writeUsage(meters: Meters): object {
  const { inputUncached, cacheRead, cacheWrite5m, cacheWrite1h, output, reasoning, audioIn, audioOut } = meters;
  const prompt = inputUncached + cacheRead + cacheWrite5m + cacheWrite1h;
  const candidates = output - reasoning;
  return {
    promptTokenCount: prompt,
    ...(cacheRead > 0 ? { cachedContentTokenCount: cacheRead } : {}),
    candidatesTokenCount: candidates,
    ...(reasoning > 0 ? { thoughtsTokenCount: reasoning } : {}),
    totalTokenCount: prompt + output,
    ...(audioIn > 0 ? { promptTokensDetails: details(prompt, audioIn) } : {}),
    ...(audioOut > 0 ? { candidatesTokensDetails: details(candidates, audioOut) } : {}),
  };
}

function details(all: number, audio: number): object[] {
  return [
    { modality: 'TEXT', tokenCount: Math.max(0, all - audio) },
    { modality: 'AUDIO', tokenCount: audio },
  ];
}
