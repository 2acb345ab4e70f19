import { chatWire } from '../../chat-wire.js';
import type { Provider } from '../../provider.js';
import { fieldRules } from '../field-rules.js';
import type { FieldRules } from '../field-rules.js';

/** What most providers of this dialect do not know. */
const COMMON = fieldRules({ top_k: 'dropped', cache_control: 'dropped', reasoning_history: 'dropped' });

export function rules(provider: Provider, model: string): FieldRules {
  const wire = chatWire(provider, model);
  return { ...COMMON, ...(wire.reasoningBack === undefined ? {} : { reasoning_history: 'sent' as const }), ...wire.rules };
}
