import { openAiCompatible } from '../open-ai-compatible.js';

export const lmstudio = openAiCompatible({
  id: 'lmstudio',
  name: 'LM Studio',
  docsUrl: 'https://lmstudio.ai/docs',
  baseUrl: '{base_url}',
  endpoints: ['chat', 'completions', 'responses', 'embeddings', 'messages'],
  key: { hint: 'a token, if the server asks for one', pattern: /^\S*$/, optional: true },
  config: [{ name: 'base_url', required: true, format: 'http(s) URL ending in /v1', isBaseUrl: true, default: 'http://localhost:1234/v1' }],
  wire: { rules: { top_k: 'sent' } },
  capabilities: ['streaming', 'tools', 'vision', 'json-schema', 'reasoning'],
});
