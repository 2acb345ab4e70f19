import { openAiCompatible } from '../open-ai-compatible.js';

export const hyperbolic = openAiCompatible({
  id: 'hyperbolic',
  name: 'Hyperbolic',
  consoleUrl: 'https://app.hyperbolic.xyz/settings',
  docsUrl: 'https://docs.hyperbolic.xyz',
  baseUrl: 'https://api.hyperbolic.xyz/v1',
  endpoints: ['chat', 'completions'],
  key: { pattern: /^[A-Za-z0-9._-]{20,}$/ },
  probe: { url: 'https://api.hyperbolic.xyz/billing/get_current_balance', whenOk: balance },
  capabilities: ['streaming', 'tools', 'vision', 'json-object', 'reasoning'],
  models: ['deepseek-ai/DeepSeek-R1', 'meta-llama/Llama-3.3-70B-Instruct'],
});

/** Credits are cents, as the vendor's own agent kit reads them. */
function balance(answer: unknown) {
  const credits = (answer as { credits?: unknown } | null)?.credits;
  if (typeof credits !== 'number' || !Number.isFinite(credits)) return undefined;
  return credits <= 0 ? { outcome: 'no-credit' as const, balanceUsd: '0.00' } : { balanceUsd: (credits / 100).toFixed(2) };
}
