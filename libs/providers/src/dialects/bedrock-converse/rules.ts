import { modelTraits } from '../anthropic-messages/model-traits.js';
import { fieldRules } from '../field-rules.js';
import type { FieldRule, FieldRules } from '../field-rules.js';
import { canReason, familyOf, isClaude, topKField } from './model-family.js';

/** What becomes of every field at a model of Bedrock's; much of it is a matter of the model's family. */
export function converseRules(model: string): FieldRules {
  const ofClaude = isClaude(model);
  const sentIf = (isTaken: boolean): FieldRule => (isTaken ? 'sent' : 'dropped');
  const sampling = sentIf(!ofClaude || modelTraits(model).takesSampling);
  return fieldRules({
    temperature: sampling,
    top_p: sampling,
    top_k: sentIf(topKField(model) !== null),
    seed: 'dropped',
    frequency_penalty: 'dropped',
    presence_penalty: 'dropped',
    n: 'refused',
    logprobs: 'dropped',
    logit_bias: 'dropped',
    parallel_tool_calls: sentIf(ofClaude),
    reasoning_effort: sentIf(canReason(model)),
    user: 'dropped',
    cache_control: sentIf(ofClaude || familyOf(model) === 'nova'),
    image_urls: 'refused',
    audio: 'refused',
    reasoning_history: sentIf(ofClaude),
  });
}
