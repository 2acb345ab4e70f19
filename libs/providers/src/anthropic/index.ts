import { probeOf } from '../probe.js';
import type { Provider } from '../provider.js';

export const anthropic: Provider = {
  id: 'anthropic',
  name: 'Anthropic',
  aliases: [],
  status: { state: 'active', since: null, detail: null },
  links: { console: 'https://console.anthropic.com/settings/keys', docs: 'https://docs.anthropic.com/en/api', prices: 'https://www.anthropic.com/pricing' },
  baseUrl: 'https://api.anthropic.com/v1',
  paths: { messages: '/messages', models: '/models' },
  endpoints: { messages: 'anthropic-messages' },
  auth: { kind: 'header', header: 'x-api-key', prefix: '', optional: false },
  headers: [
    { name: 'anthropic-version', value: '2023-06-01' },
    { name: 'anthropic-beta', value: '{beta_headers}' },
    { name: 'anthropic-workspace-id', value: '{workspace_id}' },
  ],
  configFields: [
    { name: 'api_key', required: true, secret: true, format: 'sk-ant-api03-…' },
    { name: 'workspace_id', required: false, secret: false, format: 'wrkspc_…, for a key that spans workspaces', pattern: /^wrkspc_[A-Za-z0-9]+$/ },
    { name: 'beta_headers', required: false, secret: false, format: 'comma-separated beta names', pattern: /^[a-z0-9.,-]+$/ },
  ],
  key: { hint: 'sk-ant-api03-…', pattern: /^sk-ant-(?!admin)[A-Za-z0-9_-]{40,}$/, prefixes: ['sk-ant-'], adminPrefixes: ['sk-ant-admin01-', 'sk-ant-admin'] },
  // 400 never means a bad key here; 404 is what a disabled one gets.
  probe: probeOf({ url: '/models?limit=1', byStatus: { 404: 'invalid' }, billing: ['billing_error', 'enforced_spend_limit_reached'] }),
  errors: {
    billing: ['billing_error', 'enforced_spend_limit_reached'],
    byCode: { overloaded_error: 'upstream_overloaded', authentication_error: 'key_rejected', permission_error: 'key_permission', rate_limit_error: 'rate_limited' },
    byStatus: { 529: 'upstream_overloaded' },
    // An empty prepaid balance is told as a 400 with a sentence.
    byMessage: [{ status: 400, includes: 'credit balance is too low', code: 'key_no_credit' }],
  },
  usage: { streamOptions: 'not-needed', reasoning: 'included' },
  onAbort: 'abort',
  aggregator: false,
  vendorPrefix: 'anthropic',
  ownNamespaces: [],
  ownsModel: [/^claude-/],
  capabilities: ['messages', 'streaming', 'tools', 'vision', 'json-schema', 'reasoning'],
  models: ['claude-opus-5', 'claude-sonnet-5', 'claude-haiku-4-5'],
  rateLimitHeaders: [...['requests', 'tokens', 'input-tokens', 'output-tokens'].flatMap((kind) => ['limit', 'remaining', 'reset'].map((what) => `anthropic-ratelimit-${kind}-${what}`)), 'retry-after'],
};
