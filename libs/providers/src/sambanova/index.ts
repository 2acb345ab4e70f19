import { openAiCompatible } from '../open-ai-compatible.js';

export const sambanova = openAiCompatible({
  id: 'sambanova',
  name: 'SambaNova Cloud',
  consoleUrl: 'https://cloud.sambanova.ai/apis',
  docsUrl: 'https://docs.sambanova.ai',
  pricesUrl: 'https://cloud.sambanova.ai/plans/pricing',
  baseUrl: 'https://api.sambanova.ai/v1',
  endpoints: ['chat', 'embeddings'],
  key: { hint: 'a UUID', pattern: /^[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}$/ },
  // The list may be public, so an answer proves nothing; a refusal still does.
  probe: { provesNothing: true },
  errors: { billing: ['PAYMENT_METHOD_REQUIRED'], byStatus: { 410: 'model_not_found' } },
  wire: { rules: { top_k: 'sent' } },
  onAbort: 'drain',
  ownsModel: [/^gpt-oss-/, /^Meta-Llama-/],
  capabilities: ['streaming', 'tools', 'vision', 'json-schema', 'reasoning'],
  models: ['gpt-oss-120b', 'Meta-Llama-3.3-70B-Instruct', 'Meta-Llama-3.1-8B-Instruct'],
  rateLimitHeaders: ['x-ratelimit-limit-requests', 'x-ratelimit-remaining-requests', 'x-ratelimit-reset-requests'],
});
