import { openAiCompatible } from '../open-ai-compatible.js';
import type { ProviderConfig } from '../provider.js';

export const moonshot = openAiCompatible({
  id: 'moonshot',
  name: 'Moonshot AI (Kimi)',
  aliases: ['kimi'],
  status: { detail: 'The K2 series ends at the end of December 2026.' },
  consoleUrl: 'https://platform.moonshot.ai/console/api-keys',
  docsUrl: 'https://platform.moonshot.ai/docs',
  pricesUrl: 'https://platform.moonshot.ai/docs/pricing/chat',
  baseUrl: { by: ['region'], urls: { global: 'https://api.moonshot.ai', cn: 'https://api.moonshot.cn' } },
  endpoints: ['chat', 'responses', 'messages'],
  paths: { chat: '/v1/chat/completions', responses: '/v1/responses', messages: '/anthropic/v1/messages', models: '/v1/models' },
  key: { hint: 'sk-…', pattern: /^sk-[A-Za-z0-9_-]{20,}$/ },
  config: [{ name: 'region', required: false, format: 'global or cn', pattern: /^(?:global|cn)$/, default: 'global' }],
  // 403 is an empty account here. A 401 may also be a key of the other region.
  probe: { url: '/v1/users/me/balance', byStatus: { 403: 'no-credit' }, hintWhenInvalid: 'Or it belongs to the other region.', whenOk: balance },
  errors: { billing: ['exceeded_current_quota_error'], byCode: { engine_overloaded_error: 'upstream_overloaded' }, byStatus: { 403: 'key_no_credit' } },
  wire: {
    schemaMembersDropped: ['$schema'],
    reasoningWish: 'thinking',
    reasoningBack: 'reasoning_content',
    rules: { seed: 'dropped' },
    // The Kimi models fix how they sample; K3 and K2.7 think always.
    byModel: [
      { model: /^kimi-/, wire: { rules: { temperature: 'dropped', top_p: 'dropped', frequency_penalty: 'dropped', presence_penalty: 'dropped' } } },
      { model: /^(?:kimi-k(?:3|2\.7)|moonshot-)/, wire: { rules: { reasoning_effort: 'dropped' } } },
    ],
  },
  vendorPrefix: 'moonshotai',
  ownsModel: [/^kimi-/, /^moonshot-/],
  capabilities: ['streaming', 'tools', 'vision', 'json-schema', 'reasoning'],
  models: ['kimi-k3', 'kimi-k3.1-pro', 'kimi-k2.6'],
  rateLimitHeaders: ['x-ratelimit-limit', 'x-ratelimit-remaining', 'x-ratelimit-reset'],
});

/** Dollars on the global host; the Chinese one tells yuan, which is no balance in USD. */
function balance(answer: unknown, config: ProviderConfig) {
  const left = (answer as { data?: { available_balance?: unknown } | null } | null)?.data?.available_balance;
  if (typeof left !== 'number' || !Number.isFinite(left)) return undefined;
  // At or below zero it refuses every call.
  if (left <= 0) return { outcome: 'no-credit' as const };
  return config.region === 'cn' ? undefined : { balanceUsd: left.toFixed(4) };
}
