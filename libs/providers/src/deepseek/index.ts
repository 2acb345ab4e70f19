import { openAiCompatible } from '../open-ai-compatible.js';

export const deepseek = openAiCompatible({
  id: 'deepseek',
  name: 'DeepSeek',
  status: { detail: 'The names deepseek-chat and deepseek-reasoner ended on 2026-07-24.' },
  consoleUrl: 'https://platform.deepseek.com/api_keys',
  docsUrl: 'https://api-docs.deepseek.com',
  pricesUrl: 'https://api-docs.deepseek.com/quick_start/pricing',
  baseUrl: 'https://api.deepseek.com',
  endpoints: ['chat', 'completions', 'messages'],
  paths: { completions: '/beta/completions', messages: '/anthropic/v1/messages' },
  key: { hint: 'sk-…', pattern: /^sk-[A-Za-z0-9]{32,}$/ },
  probe: { url: '/user/balance', whenOk: balance },
  // It thinks unless told otherwise, and wants its thoughts back with the results of tools.
  wire: { hasNoJsonSchema: true, isTextPlain: true, reasoningWish: 'thinking', reasoningBack: 'reasoning_content', needsReasoningBack: true, rules: { seed: 'dropped' } },
  vendorPrefix: 'deepseek',
  ownsModel: [/^deepseek-/],
  capabilities: ['streaming', 'tools', 'json-object', 'reasoning'],
  models: ['deepseek-v4-pro', 'deepseek-v4-flash'],
});

function balance(answer: unknown) {
  const account = answer as { is_available?: boolean; balance_infos?: { currency?: string; total_balance?: string }[] } | null;
  const usd = account?.balance_infos?.find((each) => each.currency === 'USD')?.total_balance;
  return { ...(account?.is_available === false ? { outcome: 'no-credit' as const } : {}), ...(typeof usd === 'string' ? { balanceUsd: usd } : {}) };
}
