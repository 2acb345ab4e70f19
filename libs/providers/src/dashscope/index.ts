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
      intl: 'https://dashscope-intl.aliyuncs.com/compatible-mode/v1',
      cn: 'https://dashscope.aliyuncs.com/compatible-mode/v1',
      us: 'https://dashscope-us.aliyuncs.com/compatible-mode/v1',
      hk: 'https://cn-hongkong.dashscope.aliyuncs.com/compatible-mode/v1',
    },
  },
  endpoints: ['chat', 'responses', 'embeddings'],
  key: { hint: 'sk-…', pattern: /^sk-[A-Za-z0-9_-]{20,}$/ },
  config: [{ name: 'region', required: true, format: 'intl, cn, us or hk', pattern: /^(?:intl|cn|us|hk)$/, default: 'intl' }],
  probe: { hintWhenInvalid: 'Or it belongs to another region or billing plan.' },
  errors: { billing: ['Arrearage'], byCode: { InvalidApiKey: 'key_rejected', invalid_api_key: 'key_rejected' } },
  wire: { reasoningWish: 'enable_thinking', hasNoJsonSchema: true, rules: { top_k: 'sent', cache_control: 'sent' } },
  onAbort: 'drain',
  vendorPrefix: 'qwen',
  // qwen-3… with the dash is Cerebras' spelling.
  ownsModel: [/^qwen(?!-3)/, /^qwq-/, /^text-embedding-v\d/],
  capabilities: ['streaming', 'tools', 'vision', 'json-schema', 'reasoning'],
  models: ['qwen3.8-max', 'qwen3.7-max', 'qwen-flash', 'text-embedding-v4'],
});
