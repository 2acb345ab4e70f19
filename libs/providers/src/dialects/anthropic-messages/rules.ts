import { fieldRules } from '../field-rules.js';
import type { FieldRules } from '../field-rules.js';
import type { Provider } from '../../provider.js';
import { modelTraits } from './model-traits.js';

/** What becomes of every field; newer models take no sampling parameters and the oldest ones cannot think. */
export function rules(_provider: Provider, model: string): FieldRules {
  const { takesSampling, thinking } = modelTraits(model);
  return fieldRules({
    n: 'refused',
    audio: 'refused',
    seed: 'dropped',
    frequency_penalty: 'dropped',
    presence_penalty: 'dropped',
    logprobs: 'dropped',
    logit_bias: 'dropped',
    ...(takesSampling ? {} : { temperature: 'dropped', top_p: 'dropped', top_k: 'dropped' }),
    ...(thinking === 'none' ? { reasoning_effort: 'dropped' } : {}),
  });
}
