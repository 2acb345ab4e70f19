/** Whose fields a model takes beyond what Converse has in common for all. */
export type Family = 'claude' | 'nova' | 'gpt-oss' | 'gpt' | 'cohere' | 'mistral' | 'other';

const FAMILIES: readonly (readonly [Family, RegExp])[] = [
  ['claude', /(?:^|[./])anthropic\.|(?:^|[./])claude-/],
  ['nova', /(?:^|[./])amazon\.nova-/],
  ['gpt-oss', /(?:^|[./])openai\.gpt-oss-/],
  ['gpt', /(?:^|[./])openai\./],
  ['cohere', /(?:^|[./])cohere\./],
  ['mistral', /(?:^|[./])mistral\./],
];

/** From a model id, an inference profile or an ARN; an application's own profile does not tell, so it is `other`. */
export function familyOf(model: string): Family {
  return FAMILIES.find(([, pattern]) => pattern.test(model))?.[0] ?? 'other';
}

/** What a Claude of some age takes and refuses. */
export interface ClaudeTraits {
  /** `budget`: thinking is asked for in tokens; `adaptive`: by effort; `none`: it does not think. */
  thinking: 'none' | 'budget' | 'adaptive';
  takesXhighEffort: boolean;
  canStopThinking: boolean;
  takesSampling: boolean;
  takesForcedTools: boolean;
  takesStrictTools: boolean;
}

/** Unknown names count as newer than all known ones. */
export function claudeTraits(model: string): ClaudeTraits {
  const found = /claude-(?:([a-z]+)-)?v?(\d{1,2})(?:-(\d{1,2}))?(?!\d)/.exec(model);
  const line = found?.[1] ?? '';
  const age = found ? Number(found[2]) + Number(found[3] ?? 0) / 10 : 99;
  return {
    thinking: age < 3.7 ? 'none' : age < 4.6 ? 'budget' : 'adaptive',
    takesXhighEffort: age >= 4.7,
    canStopThinking: line !== 'fable' && (age < 5.5 || line === 'haiku'),
    takesSampling: age < 4.7,
    takesForcedTools: line === 'fable' ? age < 5.1 : age < 5.5 || line === 'haiku',
    takesStrictTools: age >= 4.5 && age < 4.7,
  };
}

/** Nova thinks since its second generation. */
export function isThinkingNova(model: string): boolean {
  return /amazon\.nova-(?:[2-9]|1\d)-/.test(model);
}

/** How a model calls the number of most likely tokens it chooses from, and where that stands; null when it has no such field. */
export function topKField(model: string): 'top_k' | 'k' | 'inferenceConfig.topK' | null {
  switch (familyOf(model)) {
    case 'claude':
      return claudeTraits(model).takesSampling ? 'top_k' : null;
    case 'nova':
      return 'inferenceConfig.topK';
    case 'cohere':
      return 'k';
    case 'mistral':
      return /mi[sx]tral-(?:7b|8x7b)/.test(model) ? 'top_k' : null;
    case 'gpt-oss':
    case 'gpt':
    case 'other':
      return null;
  }
}

export function canReason(model: string): boolean {
  const family = familyOf(model);
  if (family === 'claude') return claudeTraits(model).thinking !== 'none';
  return family === 'gpt' || family === 'gpt-oss' || (family === 'nova' && isThinkingNova(model));
}
