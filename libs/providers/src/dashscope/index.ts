import { openAiCompatible } from '../open-ai-compatible.js';

export const dashscope = openAiCompatible({
  id: 'dashscope',
  name: 'Alibaba Cloud Model Studio (DashScope / Qwen)',
  aliases: ['alibaba', 'qwen'],
  status: { detail: 'Workspaces may have hosts of their own now; store those under the provider openai-compatible.' },
  consoleUrl: 'https://modelstudio.console.alibabacloud.com',
  docsUrl: 'https://www.alibabacloud.com/help/model-studio',
  pricesUrl: 'https://www.alibabacloud.com/help/en/model-studio/model-pricing',
  baseUrl: {
    by: ['region'],
    urls: {
      intl: 'https://dashscope-intl.aliyuncs.com',
      cn: 'https://dashscope.aliyuncs.com',
      us: 'https://dashscope-us.aliyuncs.com',
      hk: 'https://cn-hongkong.dashscope.aliyuncs.com',
    },
  },
  endpoints: ['chat', 'responses', 'embeddings', 'messages'],
  paths: {
    chat: '/compatible-mode/v1/chat/completions',
    responses: '/compatible-mode/v1/responses',
    embeddings: '/compatible-mode/v1/embeddings',
    messages: '/apps/anthropic/v1/messages',
    models: '/compatible-mode/v1/models',
  },
  key: { hint: 'sk-…', pattern: /^sk-[A-Za-z0-9_-]{20,}$/ },
  config: [{ name: 'region', required: true, format: 'intl, cn, us or hk', pattern: /^(?:intl|cn|us|hk)$/, default: 'intl' }],
  probe: { url: '/compatible-mode/v1/models', hintWhenInvalid: 'Or it belongs to another region or billing plan.' },
  errors: { billing: ['Arrearage'], byCode: { InvalidApiKey: 'key_rejected', invalid_api_key: 'key_rejected' } },
  wire: { reasoningWish: 'enable_thinking', hasNoJsonSchema: true, rules: { top_k: 'sent', cache_control: 'sent' } },
  onAbort: 'drain',
  vendorPrefix: 'qwen',
  // qwen-3… with the dash is Cerebras' spelling.
  ownsModel: [/^qwen(?!-3)/, /^qwq-/, /^text-embedding-v\d/],
  capabilities: ['streaming', 'tools', 'vision', 'json-schema', 'reasoning'],
  models: ['qwen3.8-max', 'qwen3.7-max', 'qwen-flash', 'text-embedding-v4'],
});
