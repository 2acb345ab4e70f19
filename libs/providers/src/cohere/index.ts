import { probeOf } from '../probe.js';
import type { Provider } from '../provider.js';

export const cohere: Provider = {
  id: 'cohere',
  name: 'Cohere',
  aliases: [],
  environment: { CO_API_KEY: 'api_key' },
  status: { state: 'active', since: null, detail: null },
  links: { console: 'https://dashboard.cohere.com/api-keys', docs: 'https://docs.cohere.com/reference', prices: 'https://cohere.com/pricing' },
  baseUrl: 'https://api.cohere.com/v2',
  paths: { 'cohere-chat': '/chat', 'cohere-embed': '/embed', models: 'https://api.cohere.com/v1/models' },
  endpoints: { 'cohere-chat': 'cohere-chat', 'cohere-embed': 'cohere-embed' },
  auth: { kind: 'header', header: 'authorization', prefix: 'Bearer ', optional: false },
  headers: [],
  configFields: [{ name: 'api_key', required: true, secret: true, format: '40 letters and digits' }],
  // Older keys have 40 letters and digits; a shape of its own a Cohere key has not.
  key: { hint: '40 letters and digits', pattern: /^[A-Za-z0-9_-]{20,}$/, prefixes: [], adminPrefixes: [] },
  probe: probeOf({ method: 'POST', url: 'https://api.cohere.com/v1/check-api-key', body: '{}', whenOk: checked }),
  // A trial key says "… API calls / month" when its month is used up, and "/ minute" when it only has to wait.
  errors: { billing: [], byCode: {}, byStatus: {}, byMessage: [{ status: 429, includes: 'calls / month', code: 'key_no_credit' }] },
  usage: { streamOptions: 'not-needed', reasoning: 'included' },
  onAbort: 'abort',
  aggregator: false,
  vendorPrefix: 'cohere',
  ownNamespaces: [],
  ownsModel: [/^command(?:-|$)/, /^c4ai-/, /^embed-(?:v\d|english-|multilingual-)/],
  capabilities: ['chat', 'embeddings', 'streaming', 'tools', 'vision', 'json-schema', 'reasoning'],
  models: ['command-a-plus-05-2026', 'command-a-03-2025', 'command-r7b-12-2024', 'embed-v4.0'],
  rateLimitHeaders: ['x-trial-endpoint-call-limit', 'x-trial-endpoint-call-remaining'],
};

function checked(answer: unknown) {
  return (answer as { valid?: unknown } | null)?.valid === false ? { outcome: 'invalid' as const, message: 'The provider refused the key.' } : undefined;
}
