import { probeOf } from '../probe.js';
import type { Provider } from '../provider.js';
import { HOSTS } from './locations.js';
import { readServiceAccount } from './read-service-account.js';

const MODEL = '/v1beta1/projects/{project}/locations/{location}/publishers/google/models/{model}';

export const vertexAi: Provider = {
  id: 'vertex-ai',
  name: 'Google Vertex AI',
  aliases: ['vertex'],
  status: { state: 'active', since: null, detail: null },
  links: { console: 'https://console.cloud.google.com/iam-admin/serviceaccounts', docs: 'https://cloud.google.com/vertex-ai/generative-ai/docs', prices: 'https://cloud.google.com/vertex-ai/generative-ai/pricing' },
  baseUrl: { by: ['location'], urls: HOSTS },
  paths: { generate: { plain: `${MODEL}:generateContent`, stream: `${MODEL}:streamGenerateContent?alt=sse` } },
  endpoints: { generate: 'gemini-generate' },
  auth: { kind: 'google-service-account', scope: 'https://www.googleapis.com/auth/cloud-platform' },
  headers: [],
  configFields: [
    { name: 'service_account_json', required: true, secret: true, format: 'the JSON file of a service account' },
    { name: 'project', required: true, secret: false, format: 'the id of a project, such as my-project-1', pattern: /^[a-z][a-z0-9-]{4,28}[a-z0-9]$/ },
    { name: 'location', required: true, secret: false, format: 'global, us, eu or a region such as us-central1', pattern: /^(?:global|us|eu|[a-z]{2,12}-[a-z]{4,12}\d{1,2})$/, default: 'global' },
  ],
  key: { hint: 'the JSON file of a service account', pattern: /^\{"type":"service_account",/, prefixes: [], adminPrefixes: [] },
  readSecret: readServiceAccount,
  // Counting tokens is free. Who cannot even get an access token is told apart before this is asked.
  probe: probeOf({ method: 'POST', url: `${MODEL.replace('{model}', 'gemini-3.5-flash-lite')}:countTokens`, body: '{"contents":[{"role":"user","parts":[{"text":"hi"}]}]}' }),
  errors: {
    billing: ['BILLING_DISABLED'],
    byCode: { UNAVAILABLE: 'upstream_overloaded', DEADLINE_EXCEEDED: 'upstream_timeout' },
    byStatus: {},
    byMessage: [{ status: 403, includes: 'requires billing to be enabled', code: 'key_no_credit' }],
  },
  usage: { streamOptions: 'not-needed', reasoning: 'excluded' },
  onAbort: 'abort',
  aggregator: false,
  vendorPrefix: null,
  ownNamespaces: [],
  ownsModel: [/^gemini-/],
  capabilities: ['streaming', 'tools', 'vision', 'json-schema', 'reasoning'],
  models: ['gemini-3.1-pro-preview', 'gemini-3.7-flash', 'gemini-3.5-flash-lite', 'gemini-2.5-flash'],
  rateLimitHeaders: [],
};
