import { openAiCompatible } from '../open-ai-compatible.js';


export const hyperbolic = openAiCompatible({
  id: 'hyperbolic',
  name: 'Hyperbolic',
  consoleUrl: 'https://app.hyperbolic.xyz/settings',
  docsUrl: 'https://docs.hyperbolic.xyz',
  baseUrl: 'https://api.hyperbolic.xyz/v1',
  endpoints: ['chat', 'completions'],
  key: { pattern: /^[A-Za-z0-9._-]{20,}$/ },
  // The unit of the balance is not documented for certain, so only "nothing left" is read from it.
  probe: { url: 'https://api.hyperbolic.xyz/billing/get_current_balance', whenOk: (answer) => ((answer as { credits?: unknown } | null)?.credits === 0 ? { outcome: 'no-credit' } : undefined) },
  models: ['deepseek-ai/DeepSeek-R1', 'meta-llama/Llama-3.3-70B-Instruct'],
});
