import { fieldRules } from '../field-rules.js';
import type { FieldRules } from '../field-rules.js';
import type { Provider } from '../../provider.js';

/** Models that answer without thinking, and refuse to be told about it. */
const DOES_NOT_THINK = /^(?:command-r|command-a-(?:03|vision|translate)|command(?:-light|-nightly)?$|c4ai-)/;

const EVERY_MODEL = fieldRules({
  n: 'refused',
  logit_bias: 'dropped',
  parallel_tool_calls: 'dropped',
  user: 'dropped',
  cache_control: 'dropped',
  files: 'refused',
  audio: 'refused',
});
const WITHOUT_THINKING: FieldRules = { ...EVERY_MODEL, reasoning_effort: 'dropped', reasoning_history: 'dropped' };

export function rules(_provider: Provider, model: string): FieldRules {
  return DOES_NOT_THINK.test(model) ? WITHOUT_THINKING : EVERY_MODEL;
}
