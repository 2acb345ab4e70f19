import { openAiCompatible } from '../open-ai-compatible.js';

export const mistral = openAiCompatible({
  id: 'mistral',
  name: 'Mistral AI',
  consoleUrl: 'https://console.mistral.ai/api-keys',
  docsUrl: 'https://docs.mistral.ai/api',
  pricesUrl: 'https://mistral.ai/pricing',
  baseUrl: 'https://api.mistral.ai/v1',
  endpoints: ['chat', 'embeddings'],
  key: { hint: '32 letters and digits', pattern: /^[A-Za-z0-9]{32}$/ },
  usage: { streamOptions: 'not-needed' },
  wire: {
    seedField: 'random_seed',
    toolChoice: 'any',
    hasShortCallIds: true,
    maxTemperature: 1.5,
    marksPrefix: true,
    reasoningBack: 'thinking-parts',
    rules: { logprobs: 'dropped', logit_bias: 'dropped', user: 'dropped', reasoning_effort: 'dropped' },
    byModel: [{ model: /^mistral-(?:small|medium)-/, wire: { efforts: ['none', 'high'], rules: { reasoning_effort: 'sent' } } }],
  },
  onAbort: 'drain',
  vendorPrefix: 'mistralai',
  ownsModel: [/^(?:mistral|ministral|codestral|magistral|devstral|pixtral|voxtral|open-mistral|open-mixtral)-/],
  capabilities: ['streaming', 'tools', 'vision', 'json-schema', 'reasoning'],
  models: ['mistral-large-latest', 'mistral-small-latest', 'ministral-3b-latest', 'mistral-embed'],
  rateLimitHeaders: ['x-ratelimit-limit-req-minute', 'x-ratelimit-remaining-req-minute', 'x-ratelimit-limit-tokens-minute', 'x-ratelimit-remaining-tokens-minute'],
});
