import { openAiCompatible } from '../open-ai-compatible.js';

export const nebius = openAiCompatible({
  id: 'nebius',
  name: 'Nebius Token Factory',
  aliases: ['nebius-ai-studio'],
  status: { detail: 'Renamed from Nebius AI Studio.' },
  consoleUrl: 'https://tokenfactory.nebius.com',
  docsUrl: 'https://docs.tokenfactory.nebius.com',
  pricesUrl: 'https://nebius.com/token-factory/prices',
  baseUrl: 'https://api.tokenfactory.nebius.com/v1',
  endpoints: ['chat', 'completions', 'embeddings'],
  key: { hint: 'v1.… or a JWT', pattern: /^\S{20,}$/ },
  onAbort: 'drain',
  capabilities: ['streaming', 'tools', 'vision', 'json-schema', 'reasoning'],
  models: ['deepseek-ai/DeepSeek-V4-Pro', 'openai/gpt-oss-120b'],
  rateLimitHeaders: ['x-ratelimit-limit-requests', 'x-ratelimit-remaining-requests', 'x-ratelimit-limit-tokens', 'x-ratelimit-remaining-tokens'],
});
