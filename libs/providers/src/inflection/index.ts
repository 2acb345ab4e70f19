import { openAiCompatible } from '../open-ai-compatible.js';

/** Its OpenAI-compatible surface; the older one with `context` and `config` is not spoken here. */
export const inflection = openAiCompatible({
  id: 'inflection',
  name: 'Inflection AI',
  status: { detail: 'Its OpenAI-compatible chat is still being extended to all of its models.' },
  consoleUrl: 'https://developers.inflection.ai',
  docsUrl: 'https://developers.inflection.ai/docs',
  baseUrl: 'https://api.inflection.ai/v1',
  endpoints: ['chat', 'embeddings'],
  paths: { models: '/discovery/configs' },
  key: { pattern: /^[A-Za-z0-9_-]{20,}$/ },
  probe: { url: '/discovery/configs' },
  wire: { rules: { top_k: 'sent', reasoning_effort: 'dropped' } },
  vendorPrefix: 'inflection',
  ownsModel: [/^inflection[_-]/, /^inf_/, /^(?:Pi|pi)[-_]\d/],
  capabilities: ['streaming', 'tools'],
  models: ['inflection_3_pi', 'inflection_3_productivity', 'inf_3_1_embedding'],
});
