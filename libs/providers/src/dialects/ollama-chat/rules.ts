import { fieldRules } from '../field-rules.js';
import type { FieldRules } from '../field-rules.js';

const RULES = fieldRules({
  n: 'refused',
  logit_bias: 'dropped',
  parallel_tool_calls: 'dropped',
  user: 'dropped',
  cache_control: 'dropped',
  image_urls: 'refused',
  files: 'refused',
  audio: 'refused',
});

export function rules(): FieldRules {
  return RULES;
}
