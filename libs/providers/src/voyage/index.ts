import { openAiCompatible } from '../open-ai-compatible.js';

export const voyage = openAiCompatible({
  id: 'voyage',
  name: 'Voyage AI (MongoDB)',
  aliases: ['voyageai'],
  consoleUrl: 'https://dashboard.voyageai.com',
  docsUrl: 'https://www.mongodb.com/docs/voyageai',
  pricesUrl: 'https://docs.voyageai.com/docs/pricing',
  baseUrl: {
    by: ['host'],
    urls: { legacy: 'https://api.voyageai.com/v1', atlas: 'https://ai.mongodb.com/v1', eu: 'https://eu.ai.mongodb.com/v1', us: 'https://us.ai.mongodb.com/v1' },
  },
  endpoints: ['embeddings'],
  key: { hint: 'pa-… or al-…', pattern: /^(?:pa-|al-)[A-Za-z0-9_-]{20,}$/ },
  config: [{ name: 'host', required: false, format: 'legacy, atlas, eu or us', pattern: /^(?:legacy|atlas|eu|us)$/, default: 'legacy' }],
  // There is no free request that proves a key: an empty body is refused either way, only 401 speaks.
  probe: { method: 'POST', url: '/embeddings', body: '{}', hintWhenInvalid: 'Or it belongs to another host.' },
  ownsModel: [/^voyage-/],
  capabilities: [],
  models: ['voyage-4-large', 'voyage-4-lite'],
});
