import { openAiCompatible } from '../open-ai-compatible.js';

export const groq = openAiCompatible({
  id: 'groq',
  name: 'Groq',
  consoleUrl: 'https://console.groq.com/keys',
  docsUrl: 'https://console.groq.com/docs',
  pricesUrl: 'https://groq.com/pricing',
  baseUrl: 'https://api.groq.com/openai/v1',
  endpoints: ['chat', 'responses'],
  key: { hint: 'gsk_…', pattern: /^gsk_[A-Za-z0-9]{40,}$/, prefixes: ['gsk_'] },
  // 498: flex capacity is used up.
  errors: { byStatus: { 498: 'upstream_overloaded' } },
  wire: {
    isToolsOrJson: true,
    reasoningBack: 'reasoning',
    rules: { n: 'refused', logprobs: 'dropped', logit_bias: 'dropped', reasoning_effort: 'dropped' },
    byModel: [{ model: /gpt-oss/, wire: { efforts: ['low', 'medium', 'high'], rules: { reasoning_effort: 'sent' } } }],
  },
  onAbort: 'drain',
  ownsModel: [/^llama-[0-9.]+-[0-9]+b-(?:instant|versatile)$/],
  capabilities: ['streaming', 'tools', 'vision', 'json-schema', 'reasoning'],
  models: ['openai/gpt-oss-120b', 'llama-3.3-70b-versatile', 'llama-3.1-8b-instant'],
  // Requests are counted per day, tokens per minute.
  rateLimitHeaders: ['x-ratelimit-limit-requests', 'x-ratelimit-limit-tokens', 'x-ratelimit-remaining-requests', 'x-ratelimit-remaining-tokens', 'x-ratelimit-reset-requests', 'x-ratelimit-reset-tokens', 'retry-after'],
});
