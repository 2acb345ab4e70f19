import { openAiCompatible } from '../open-ai-compatible.js';

export const together = openAiCompatible({
  id: 'together',
  name: 'Together AI',
  aliases: ['together-ai', 'togetherai'],
  consoleUrl: 'https://api.together.ai/settings/api-keys',
  docsUrl: 'https://docs.together.ai',
  pricesUrl: 'https://www.together.ai/pricing',
  baseUrl: 'https://api.together.xyz/v1',
  endpoints: ['chat', 'completions', 'embeddings'],
  key: { hint: 'tgp_… or 64 letters and digits', pattern: /^(?:[A-Za-z0-9]{64}|tgp_[A-Za-z0-9_-]{20,})$/, prefixes: ['tgp_'] },
  wire: { rules: { top_k: 'sent' } },
  capabilities: ['streaming', 'tools', 'vision', 'json-schema', 'reasoning'],
  models: ['meta-llama/Llama-3.3-70B-Instruct-Turbo', 'openai/gpt-oss-20b'],
  rateLimitHeaders: ['x-ratelimit-limit', 'x-ratelimit-remaining', 'x-ratelimit-reset', 'x-tokenlimit-limit', 'x-tokenlimit-remaining'],
});
