import { openAiCompatible } from '../open-ai-compatible.js';

export const jina = openAiCompatible({
  id: 'jina',
  name: 'Jina AI (Elastic)',
  aliases: ['jina-ai'],
  consoleUrl: 'https://jina.ai/api-dashboard',
  docsUrl: 'https://jina.ai/embeddings',
  pricesUrl: 'https://jina.ai/embeddings',
  baseUrl: 'https://api.jina.ai/v1',
  endpoints: ['embeddings'],
  key: { hint: 'jina_…', pattern: /^jina_[A-Za-z0-9_-]{20,}$/, prefixes: ['jina_'] },
  // There is no free request that proves a key: an empty body is refused either way, only 401 and 402 speak.
  probe: { method: 'POST', url: '/embeddings', body: '{}' },
  ownsModel: [/^jina-/],
  capabilities: [],
  models: ['jina-embeddings-v4', 'jina-embeddings-v3'],
});
