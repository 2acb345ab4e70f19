import { probeOf } from '../probe.js';
import type { Provider } from '../provider.js';

export const replicate: Provider = {
  id: 'replicate',
  name: 'Replicate',
  aliases: [],
  status: { state: 'active', since: null, detail: null },
  links: { console: 'https://replicate.com/account/api-tokens', docs: 'https://replicate.com/docs/reference/http', prices: 'https://replicate.com/pricing' },
  baseUrl: 'https://api.replicate.com/v1',
  // Takes official models and versions alike, so a path with the model in it is not needed.
  paths: { predictions: '/predictions', models: '/models' },
  endpoints: { predictions: 'replicate-predictions' },
  auth: { kind: 'header', header: 'authorization', prefix: 'Bearer ', optional: false },
  headers: [],
  configFields: [{ name: 'api_key', required: true, secret: true, format: 'r8_…' }],
  key: { hint: 'r8_…', pattern: /^r8_[A-Za-z0-9_-]{30,}$/, prefixes: ['r8_'], adminPrefixes: [] },
  probe: probeOf({ url: '/account' }),
  errors: { billing: [], byCode: {}, byStatus: {}, byMessage: [] },
  usage: { streamOptions: 'not-needed', reasoning: 'included' },
  onAbort: 'abort',
  aggregator: false,
  vendorPrefix: null,
  ownNamespaces: [],
  ownsModel: [],
  capabilities: ['chat', 'streaming'],
  models: ['meta/meta-llama-3-70b-instruct', 'meta/meta-llama-3-8b-instruct'],
  rateLimitHeaders: ['ratelimit-remaining', 'ratelimit-reset', 'retry-after'],
};
