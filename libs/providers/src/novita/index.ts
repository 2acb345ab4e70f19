import { openAiCompatible } from '../open-ai-compatible.js';

export const novita = openAiCompatible({
  id: 'novita',
  name: 'Novita AI',
  consoleUrl: 'https://novita.ai/settings/key-management',
  docsUrl: 'https://novita.ai/docs',
  pricesUrl: 'https://novita.ai/pricing',
  baseUrl: 'https://api.novita.ai/openai/v1',
  endpoints: ['chat', 'completions', 'embeddings'],
  key: { hint: 'sk_…', pattern: /^(?:sk_[A-Za-z0-9_-]{16,}|[0-9a-fA-F-]{36})$/ },
  probe: { url: 'https://api.novita.ai/openapi/v1/billing/balance/detail', whenOk: balance },
  errors: { byCode: { FAILED_TO_AUTH: 'key_rejected' } },
  wire: { rules: { top_k: 'sent' } },
  capabilities: ['streaming', 'tools', 'vision', 'json-schema', 'reasoning'],
  models: ['deepseek/deepseek-v4-pro', 'zai-org/glm-5.3-flash'],
});

/** The unit is 1/10,000 USD, whole numbers, as text or number. */
function balance(answer: unknown) {
  const units = String((answer as { availableBalance?: unknown } | null)?.availableBalance ?? '');
  if (!/^-?\d{1,15}$/.test(units)) return undefined;
  if (!/^\d*[1-9]/.test(units)) return { outcome: 'no-credit' as const, balanceUsd: '0.0000' };
  const digits = units.padStart(5, '0');
  return { balanceUsd: `${digits.slice(0, -4)}.${digits.slice(-4)}` };
}
