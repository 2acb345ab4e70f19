import { openAiCompatible } from '../open-ai-compatible.js';

export const cerebras = openAiCompatible({
  id: 'cerebras',
  name: 'Cerebras',
  consoleUrl: 'https://cloud.cerebras.ai',
  docsUrl: 'https://inference-docs.cerebras.ai',
  pricesUrl: 'https://www.cerebras.ai/pricing',
  baseUrl: 'https://api.cerebras.ai/v1',
  endpoints: ['chat', 'completions'],
  key: { hint: 'csk-…', pattern: /^csk-[A-Za-z0-9_-]{20,}$/, prefixes: ['csk-'] },
  errors: { billing: ['payment_required'], byCode: { wrong_api_key: 'key_rejected' } },
  wire: { maxTokensField: 'max_completion_tokens', isToolsOrJson: true, isTextPlain: true, reasoningBack: 'reasoning', efforts: ['low', 'medium', 'high'], rules: { frequency_penalty: 'dropped', presence_penalty: 'dropped', logit_bias: 'dropped' } },
  ownsModel: [/^gpt-oss-/, /^qwen-3/],
  capabilities: ['streaming', 'tools', 'json-schema', 'reasoning'],
  models: ['qwen-3.8-27b', 'gpt-oss-120b'],
  rateLimitHeaders: ['requests-day', 'tokens-minute'].flatMap((kind) => ['limit', 'remaining', 'reset'].map((what) => `x-ratelimit-${what}-${kind}`)),
});
