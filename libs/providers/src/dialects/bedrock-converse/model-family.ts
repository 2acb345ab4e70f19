import { modelTraits } from '../anthropic-messages/model-traits.js';

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

export function isClaude(model: string): boolean {
  return familyOf(model) === 'claude';
}

/** How a model calls the number of most likely tokens it chooses from, and where that stands; null when it has no such field. */
export function topKField(model: string): 'top_k' | 'k' | 'inferenceConfig.topK' | null {
  switch (familyOf(model)) {
    case 'claude':
      return modelTraits(model).takesSampling ? 'top_k' : null;
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
  switch (familyOf(model)) {
    case 'claude':
      return modelTraits(model).thinking !== 'none';
    case 'nova':
      // Since its second generation.
      return /amazon\.nova-(?:[2-9]|1\d)-/.test(model);
    case 'gpt-oss':
    case 'gpt':
      return true;
    case 'cohere':
    case 'mistral':
    case 'other':
      return false;
  }
}
