import { openAiCompatible } from '../open-ai-compatible.js';

// A self-hosted NIM container is reached through `openai-compatible`.
export const nvidiaNim = openAiCompatible({
  id: 'nvidia-nim',
  name: 'NVIDIA NIM (build.nvidia.com)',
  aliases: ['nvidia'],
  consoleUrl: 'https://build.nvidia.com/settings/api-keys',
  docsUrl: 'https://docs.api.nvidia.com',
  baseUrl: 'https://integrate.api.nvidia.com/v1',
  endpoints: ['chat', 'completions', 'embeddings'],
  key: { hint: 'nvapi-…', pattern: /^nvapi-[A-Za-z0-9_-]{40,}$/, prefixes: ['nvapi-'] },
  // The model list is public; this call tells whose key it is.
  probe: { method: 'POST', url: 'https://api.ngc.nvidia.com/v3/keys/get-caller-info', body: 'credentials={api_key}', contentType: 'application/x-www-form-urlencoded' },
  ownNamespaces: ['nvidia'],
  capabilities: ['streaming', 'tools', 'vision', 'json-schema', 'reasoning'],
  models: ['meta/llama-3.3-70b-instruct', 'meta/llama-3.1-8b-instruct'],
});
