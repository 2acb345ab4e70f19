import { fieldRules } from '../field-rules.js';
import type { FieldRules } from '../field-rules.js';
import type { Provider } from '../../provider.js';

/** What OpenAI's Responses API takes, and what else this provider cannot be told. */
export function rules({ responsesWire }: Provider): FieldRules {
  return fieldRules({
    top_k: 'dropped',
    stop: 'dropped',
    seed: 'dropped',
    frequency_penalty: 'dropped',
    presence_penalty: 'dropped',
    n: 'refused',
    logit_bias: 'dropped',
    cache_control: 'dropped',
    audio: 'refused',
    ...responsesWire?.rules,
  });
}
