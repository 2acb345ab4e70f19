import { openAiCompatible } from '../open-ai-compatible.js';

export const openrouter = openAiCompatible({
  id: 'openrouter',
  name: 'OpenRouter',
  consoleUrl: 'https://openrouter.ai/settings/keys',
  docsUrl: 'https://openrouter.ai/docs',
  pricesUrl: 'https://openrouter.ai/models',
  baseUrl: 'https://openrouter.ai/api/v1',
  endpoints: ['chat', 'completions', 'responses', 'embeddings', 'messages'],
  key: { hint: 'sk-or-v1-…', pattern: /^sk-or-v1-[0-9a-zA-Z]{32,}$/, prefixes: ['sk-or-v1-', 'sk-or-'] },
  config: [
    { name: 'app_url', required: false, format: 'URL shown in rankings', pattern: /^https?:\/\/[\x21-\x7e]+$/ },
    { name: 'app_name', required: false, format: 'name shown in rankings', pattern: /^[\x20-\x7e]+$/ },
  ],
  headers: [
    { name: 'http-referer', value: '{app_url}' },
    { name: 'x-title', value: '{app_name}' },
  ],
  // The model list is public; /key is what knows the key.
  probe: { url: '/key', whenOk: limitOf },
  // 403 is the vendor's moderation of the prompt, not the key.
  errors: { byStatus: { 403: 'upstream_refused_request' } },
  usage: { streamOptions: 'not-needed' },
  wire: { reasoningWish: 'reasoning', reasoningBack: 'reasoning_details', takesFileUrls: true, rules: { top_k: 'sent', cache_control: 'sent' } },
  aggregator: true,
  ownNamespaces: ['openrouter'],
  capabilities: ['streaming', 'tools', 'vision', 'json-schema', 'reasoning'],
  models: ['anthropic/claude-opus-5', 'openai/gpt-oss-20b'],
  rateLimitHeaders: ['x-ratelimit-limit', 'x-ratelimit-remaining', 'x-ratelimit-reset'],
});

function limitOf(answer: unknown) {
  const key = (answer as { data?: { is_management_key?: boolean; limit_remaining?: number | null } } | null)?.data;
  if (key?.is_management_key === true) return { outcome: 'no-permission' as const, message: 'This is an OpenRouter management key: it cannot run inference. Create an ordinary key.' };
  const left = key?.limit_remaining;
  if (typeof left !== 'number') return undefined;
  return left <= 0 ? { outcome: 'no-credit' as const, balanceUsd: '0.00' } : { balanceUsd: left.toFixed(4) };
}
