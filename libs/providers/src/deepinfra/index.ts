import { openAiCompatible } from '../open-ai-compatible.js';

export const deepinfra = openAiCompatible({
  id: 'deepinfra',
  name: 'DeepInfra',
  consoleUrl: 'https://deepinfra.com/dash/api_keys',
  docsUrl: 'https://deepinfra.com/docs',
  pricesUrl: 'https://deepinfra.com/pricing',
  baseUrl: 'https://api.deepinfra.com/v1/openai',
  endpoints: ['chat', 'completions', 'embeddings'],
  key: { pattern: /^[A-Za-z0-9_-]{20,}$/ },
  // The model list is public.
  probe: { url: 'https://api.deepinfra.com/v1/me' },
  // Its Gemini and Gemma backends count reasoning beside the completion.
  usage: { reasoning: 'excluded-when-larger' },
  wire: { rules: { top_k: 'sent' } },
  capabilities: ['streaming', 'tools', 'vision', 'json-schema', 'reasoning'],
  models: ['deepseek-ai/DeepSeek-V4-Pro', 'deepseek-ai/DeepSeek-V4-Flash-0731', 'BAAI/bge-m3'],
});
