import { openAiCompatible } from '../open-ai-compatible.js';

/** Its own chat says more than its OpenAI one, so callers of other dialects are translated to that. */
export const ollama = openAiCompatible({
  id: 'ollama',
  name: 'Ollama',
  consoleUrl: 'https://ollama.com/settings/keys',
  docsUrl: 'https://docs.ollama.com',
  baseUrl: '{base_url}',
  endpoints: ['ollama-chat', 'chat', 'completions', 'embeddings'],
  paths: { 'ollama-chat': '/api/chat', chat: '/v1/chat/completions', completions: '/v1/completions', embeddings: '/v1/embeddings', models: '/v1/models' },
  key: { hint: 'a key of ollama.com; none for a server of your own', pattern: /^\S*$/, optional: true },
  config: [{ name: 'base_url', required: true, format: 'http(s) URL without a path', isBaseUrl: true, default: 'http://localhost:11434' }],
  probe: { url: '/api/tags' },
  capabilities: ['streaming', 'tools', 'vision', 'json-schema', 'reasoning'],
  models: ['gpt-oss:120b', 'qwen3:8b', 'llama3.2', 'nomic-embed-text'],
});
