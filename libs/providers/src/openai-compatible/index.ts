import { openAiCompatible } from '../open-ai-compatible.js';

/** Any server that speaks OpenAI's wire. Its host is the tenant's word: the gateway's dialer decides whether it may be reached. */
export const selfHosted = openAiCompatible({
  id: 'openai-compatible',
  name: 'Self-hosted OpenAI-compatible (vLLM, SGLang, TGI, llama.cpp, LiteLLM)',
  aliases: ['vllm', 'custom', 'self-hosted'],
  docsUrl: 'https://docs.vllm.ai',
  baseUrl: '{base_url}',
  endpoints: ['chat', 'completions', 'responses', 'embeddings', 'messages'],
  key: { hint: 'whatever the server expects, or nothing', pattern: /^\S*$/, optional: true },
  config: [{ name: 'base_url', required: true, format: 'http(s) URL, usually ending in /v1', isBaseUrl: true }],
  wire: { rules: { top_k: 'sent' } },
  capabilities: ['streaming', 'tools', 'vision', 'json-schema', 'reasoning'],
});
