import type { Meters } from '@byok/contracts';

/** Meters in Google's words: thoughts and candidates apart, the cache inside the prompt; the total is the sum of all of them. */
export function writeUsage(meters: Meters): object {
  const { inputUncached, cacheRead, cacheWrite5m, cacheWrite1h, output, reasoning, audioIn, audioOut, imageIn = 0, imageOut = 0 } = meters;
  const prompt = inputUncached + cacheRead + cacheWrite5m + cacheWrite1h;
  const candidates = output - reasoning;
  return {
    promptTokenCount: prompt,
    ...(cacheRead > 0 ? { cachedContentTokenCount: cacheRead } : {}),
    candidatesTokenCount: candidates,
    ...(reasoning > 0 ? { thoughtsTokenCount: reasoning } : {}),
    totalTokenCount: prompt + output,
    ...(audioIn + imageIn > 0 ? { promptTokensDetails: details(prompt, audioIn, imageIn) } : {}),
    ...(audioOut + imageOut > 0 ? { candidatesTokensDetails: details(candidates, audioOut, imageOut) } : {}),
  };
}

function details(all: number, audio: number, images: number): object[] {
  return [
    { modality: 'TEXT', tokenCount: Math.max(0, all - audio - images) },
    ...(audio > 0 ? [{ modality: 'AUDIO', tokenCount: audio }] : []),
    ...(images > 0 ? [{ modality: 'IMAGE', tokenCount: images }] : []),
  ];
}
