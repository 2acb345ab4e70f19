import { openAiCompatible } from '../open-ai-compatible.js';

export const fireworks = openAiCompatible({
  id: 'fireworks',
  name: 'Fireworks AI',
  aliases: ['fireworks-ai'],
  consoleUrl: 'https://app.fireworks.ai/settings/users/api-keys',
  docsUrl: 'https://docs.fireworks.ai',
  pricesUrl: 'https://fireworks.ai/pricing',
  baseUrl: 'https://api.fireworks.ai/inference/v1',
  endpoints: ['chat', 'completions', 'responses', 'embeddings', 'messages'],
  key: { hint: 'fw_…', pattern: /^(?:fw_[A-Za-z0-9]{16,}|[A-Za-z0-9]{24,64})$/, prefixes: ['fw_'] },
  // 412 is a suspended account: the key is good, the bill is not paid.
  probe: { byStatus: { 412: 'no-credit' } },
  errors: { byStatus: { 412: 'key_no_credit' } },
  wire: { rules: { top_k: 'sent' } },
  ownNamespaces: ['accounts'],
  capabilities: ['streaming', 'tools', 'vision', 'json-schema', 'reasoning'],
  models: ['accounts/fireworks/models/kimi-k2p6', 'accounts/fireworks/models/gpt-oss-120b'],
  rateLimitHeaders: ['x-ratelimit-limit-requests', 'x-ratelimit-remaining-requests', 'x-ratelimit-over-limit'],
});
