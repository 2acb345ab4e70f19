import { fieldRules } from '../field-rules.js';
import type { FieldRules } from '../field-rules.js';

/**
 * What a model takes is its owner's choice: only a prompt, a system prompt, a length, a temperature, a top_p and stop sequences are
 * common. What only some models know is dropped here and can be given by name, in `input`.
 */
const RULES = fieldRules({
  top_k: 'dropped',
  seed: 'dropped',
  frequency_penalty: 'dropped',
  presence_penalty: 'dropped',
  n: 'refused',
  logprobs: 'dropped',
  logit_bias: 'dropped',
  tools: 'refused',
  tool_choice: 'dropped',
  parallel_tool_calls: 'dropped',
  json_object: 'refused',
  json_schema: 'refused',
  reasoning_effort: 'dropped',
  user: 'dropped',
  cache_control: 'dropped',
  images: 'refused',
  image_urls: 'refused',
  files: 'refused',
  audio: 'refused',
  reasoning_history: 'dropped',
});

export function rules(): FieldRules {
  return RULES;
}
