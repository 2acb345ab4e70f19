import { discontinued } from '../open-ai-compatible.js';

export const anyscale = discontinued({
  id: 'anyscale',
  name: 'Anyscale Endpoints',
  baseUrl: 'https://api.endpoints.anyscale.com/v1',
  since: '2024-08-01',
  why: 'The shared Endpoints API was removed; only services you deploy yourself on Anyscale remain. Reach those through the provider openai-compatible.',
  keyPrefix: 'esecret_',
});
