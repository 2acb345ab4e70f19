import { openAiCompatible } from '../open-ai-compatible.js';

export const cloudflare = openAiCompatible({
  id: 'cloudflare',
  name: 'Cloudflare Workers AI',
  aliases: ['workers-ai', 'cloudflare-workers-ai'],
  consoleUrl: 'https://dash.cloudflare.com/profile/api-tokens',
  docsUrl: 'https://developers.cloudflare.com/workers-ai',
  pricesUrl: 'https://developers.cloudflare.com/workers-ai/platform/pricing',
  baseUrl: 'https://api.cloudflare.com/client/v4/accounts/{account_id}/ai/v1',
  endpoints: ['chat', 'responses', 'embeddings'],
  key: { field: 'api_token', hint: 'cfut_… or cfat_…', pattern: /^(?:[A-Za-z0-9_-]{40}|cf[ua]t_[A-Za-z0-9]{40}[a-f0-9]{8})$/, prefixes: ['cfut_', 'cfat_'] },
  config: [{ name: 'account_id', required: true, format: '32 hex digits', pattern: /^[a-f0-9]{32}$/ }],
  probe: {
    url: 'https://api.cloudflare.com/client/v4/user/tokens/verify',
    urlByPrefix: { cfat_: 'https://api.cloudflare.com/client/v4/accounts/{account_id}/tokens/verify' },
    byStatus: { 400: 'invalid', 403: 'invalid' },
    whenOk: unlessInactive,
  },
  errors: { billing: ['3036'], byCode: { 3040: 'upstream_overloaded', 5007: 'model_not_found', 5016: 'key_permission' } },
  ownNamespaces: ['@cf', '@hf'],
  capabilities: ['streaming', 'tools', 'vision', 'json-schema', 'reasoning'],
  models: ['@cf/openai/gpt-oss-120b', '@cf/meta/llama-3.3-70b-instruct-fp8-fast', '@cf/baai/bge-m3'],
});

function unlessInactive(answer: unknown) {
  const verified = answer as { success?: boolean; result?: { status?: string } } | null;
  return verified?.success === true && verified.result?.status === 'active' ? undefined : { outcome: 'invalid' as const };
}
