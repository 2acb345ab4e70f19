import type { BehaviourRule } from './behaviour.js';
import type { WitnessUsage } from './witness.js';

const CHARACTERS_PER_TOKEN = 4;
const CACHED_FROM_TOKENS = 32;

/** Usage of an answer, a pure function of the request: the same request costs the same every time. */
export function countUsage(request: { promptCharacters: number; model: string; outputTokens: number }, rule: BehaviourRule): WitnessUsage {
  if (rule.usage) return { cachedTokens: 0, cacheWriteTokens: 0, reasoningTokens: 0, ...rule.usage };
  const inputTokens = Math.max(1, Math.ceil(request.promptCharacters / CHARACTERS_PER_TOKEN)) + 3;
  const isReasoning = /^(?:o\d|gpt-5|gemini-3)/.test(request.model);
  const reasoningTokens = isReasoning ? 5 : 0;
  return {
    inputTokens,
    cachedTokens: inputTokens >= CACHED_FROM_TOKENS ? Math.floor(inputTokens / 2) : 0,
    cacheWriteTokens: 0,
    outputTokens: request.outputTokens + reasoningTokens,
    reasoningTokens,
  };
}

/** How many pieces of text the answer has: the caller's limit, or eight to twelve depending on the prompt. */
export function textTokensFor(promptCharacters: number, limit: unknown, rule: BehaviourRule): number {
  if (rule.textTokens !== undefined) return rule.textTokens;
  const natural = 8 + (promptCharacters % 5);
  return typeof limit === 'number' && limit > 0 ? Math.min(limit, natural) : natural;
}

/** Text of so many pieces, one token each. */
export function textPieces(count: number): string[] {
  return Array.from({ length: count }, (_, index) => (index === 0 ? 'Word0' : ` word${index}`));
}

/** Characters of everything the model would read: every string in the value, whatever its shape. */
export function promptCharacters(value: unknown): number {
  if (typeof value === 'string') return value.length;
  if (Array.isArray(value)) return value.reduce<number>((sum, each) => sum + promptCharacters(each), 0);
  if (value !== null && typeof value === 'object') return Object.values(value).reduce<number>((sum, each) => sum + promptCharacters(each), 0);
  return 0;
}
