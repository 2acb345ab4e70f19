import { openAiCompatible } from '../open-ai-compatible.js';

export const huggingface = openAiCompatible({
  id: 'huggingface',
  name: 'Hugging Face Inference Providers',
  aliases: ['hf'],
  consoleUrl: 'https://huggingface.co/settings/tokens',
  docsUrl: 'https://huggingface.co/docs/inference-providers',
  pricesUrl: 'https://huggingface.co/docs/inference-providers/pricing',
  baseUrl: 'https://router.huggingface.co/v1',
  endpoints: ['chat', 'responses'],
  key: { hint: 'hf_…', pattern: /^(?:hf_|api_org_)[A-Za-z0-9]{30,}$/, prefixes: ['hf_', 'api_org_'] },
  config: [{ name: 'bill_to', required: false, format: 'organisation that pays', pattern: /^[A-Za-z0-9][A-Za-z0-9._-]{0,95}$/ }],
  headers: [{ name: 'x-hf-bill-to', value: '{bill_to}' }],
  probe: { url: 'https://huggingface.co/api/whoami-v2' },
  onAbort: 'drain',
  capabilities: ['streaming', 'tools', 'vision', 'json-schema', 'reasoning'],
  models: ['openai/gpt-oss-120b', 'openai/gpt-oss-20b'],
});
