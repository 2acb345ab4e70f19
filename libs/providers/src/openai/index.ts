import { openAiCompatible } from '../open-ai-compatible.js';
import { openAiWire } from './wire.js';

export const openai = openAiCompatible({
  id: 'openai',
  name: 'OpenAI',
  consoleUrl: 'https://platform.openai.com/api-keys',
  docsUrl: 'https://platform.openai.com/docs/api-reference',
  pricesUrl: 'https://openai.com/api/pricing',
  baseUrl: { by: ['data_region'], urls: { global: 'https://api.openai.com/v1', eu: 'https://eu.api.openai.com/v1' } },
  endpoints: ['chat', 'completions', 'responses', 'embeddings'],
  key: { hint: 'sk-proj-…', pattern: /^sk-(?!ant-|or-|admin-)[A-Za-z0-9_-]{20,}$/, prefixes: ['sk-proj-', 'sk-svcacct-', 'sk-service-'], adminPrefixes: ['sk-admin-'] },
  config: [
    { name: 'organization', required: false, format: 'org-…', pattern: /^org-[A-Za-z0-9]+$/ },
    { name: 'project', required: false, format: 'proj_…', pattern: /^proj_[A-Za-z0-9]+$/ },
    { name: 'data_region', required: false, format: 'global or eu', pattern: /^(?:global|eu)$/, default: 'global' },
  ],
  headers: [
    { name: 'openai-organization', value: '{organization}' },
    { name: 'openai-project', value: '{project}' },
  ],
  probe: { restricted: ['missing_scope', 'missing scopes'] },
  errors: {
    billing: ['credit_balance_exhausted', 'organization_spend_limit_exceeded', 'project_spend_limit_exceeded', 'organization_usage_limit_exceeded'],
    byCode: { missing_scope: 'key_permission' },
  },
  wire: openAiWire,
  vendorPrefix: 'openai',
  // gpt-oss is open weights: others host it, OpenAI does not.
  ownsModel: [/^gpt-(?!oss)/, /^chatgpt-/, /^o[134](?:-|$)/, /^codex-/, /^text-embedding-(?:3|ada)/, /^(?:davinci|babbage)-/],
  capabilities: ['streaming', 'tools', 'vision', 'json-schema', 'reasoning'],
  models: ['gpt-5.6-sol', 'gpt-5.4-nano', 'gpt-5.4-mini', 'gpt-4o-mini', 'text-embedding-3-small'],
  rateLimitHeaders: [
    'x-ratelimit-limit-requests',
    'x-ratelimit-limit-tokens',
    'x-ratelimit-remaining-requests',
    'x-ratelimit-remaining-tokens',
    'x-ratelimit-reset-requests',
    'x-ratelimit-reset-tokens',
    'retry-after',
    'retry-after-ms',
  ],
});
