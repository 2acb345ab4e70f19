import type { Meters } from '@byok/contracts';
import type { Found } from '../find-usage.js';
import { LARGEST, count, inner } from './count.js';
import { imageMeters } from './image-meters.js';

/** Google's usageMetadata. The prompt holds what came from a cache; thoughts and tool results are counted beside candidates and prompt. */
export function metersOfGemini(usage: Found): Meters | null {
  const prompt = count(usage, 'promptTokenCount');
  const candidates = count(usage, 'candidatesTokenCount');
  const total = count(usage, 'totalTokenCount');
  if (prompt === null && candidates === null && total === null) return null;

  const input = Math.min(LARGEST, (prompt ?? 0) + (count(usage, 'toolUsePromptTokenCount') ?? 0));
  const cacheRead = Math.min(input, count(usage, 'cachedContentTokenCount') ?? 0);
  const thoughts = count(usage, 'thoughtsTokenCount') ?? 0;
  const output = Math.min(LARGEST, outputTokens({ input, candidates: candidates ?? 0, thoughts, total }));
  const spentOn = (modality: Modality) => Math.max(0, Math.min(inputOf(usage, modality), input - cacheRead));
  return {
    inputUncached: input - cacheRead,
    cacheRead,
    cacheWrite5m: 0,
    cacheWrite1h: 0,
    output,
    reasoning: Math.min(thoughts, output),
    audioIn: spentOn('AUDIO'),
    audioOut: Math.min(tokensOf(usage, 'candidatesTokensDetails', 'AUDIO'), output),
    ...imageMeters(spentOn('IMAGE'), Math.min(tokensOf(usage, 'candidatesTokensDetails', 'IMAGE'), output)),
  };
}

/** Thoughts are added, but for a backend whose own total says that they are among the candidates already. */
function outputTokens({ input, candidates, thoughts, total }: { input: number; candidates: number; thoughts: number; total: number | null }): number {
  return thoughts <= candidates && total === input + candidates ? candidates : candidates + thoughts;
}

type Modality = 'AUDIO' | 'IMAGE';

/** What of a modality did not come from the cache. */
function inputOf(usage: Found, modality: Modality): number {
  return tokensOf(usage, 'promptTokensDetails', modality) + tokensOf(usage, 'toolUsePromptTokensDetails', modality) - tokensOf(usage, 'cacheTokensDetails', modality);
}

function tokensOf(usage: Found, details: string, modality: Modality): number {
  const list = Object.hasOwn(usage, details) ? usage[details] : undefined;
  if (!Array.isArray(list)) return 0;
  const sum = (list as unknown[]).slice(0, 16).reduce<number>((tokens, _, index) => {
    const detail = inner(list as unknown as Found, String(index)) ?? {};
    return detail['modality'] === modality ? tokens + (count(detail, 'tokenCount') ?? 0) : tokens;
  }, 0);
  return Math.min(sum, LARGEST);
}
