import { openAiCompatible } from '../open-ai-compatible.js';

export const zai = openAiCompatible({
  id: 'zai',
  name: 'Z.ai / Zhipu GLM',
  aliases: ['z-ai', 'zhipu', 'zhipuai', 'bigmodel', 'glm'],
  consoleUrl: 'https://z.ai/manage-apikey/apikey-list',
  docsUrl: 'https://docs.z.ai',
  pricesUrl: 'https://docs.z.ai/guides/overview/pricing',
  baseUrl: {
    by: ['region', 'plan'],
    urls: {
      'global/payg': 'https://api.z.ai/api/paas/v4',
      'global/coding': 'https://api.z.ai/api/coding/paas/v4',
      'cn/payg': 'https://open.bigmodel.cn/api/paas/v4',
      'cn/coding': 'https://open.bigmodel.cn/api/coding/paas/v4',
    },
  },
  endpoints: ['chat', 'embeddings'],
  key: { hint: '{id}.{secret}', pattern: /^[A-Za-z0-9]{16,}\.[A-Za-z0-9]{8,}$/ },
  config: [
    { name: 'region', required: false, format: 'global or cn', pattern: /^(?:global|cn)$/, default: 'global' },
    { name: 'plan', required: false, format: 'payg or coding', pattern: /^(?:payg|coding)$/, default: 'payg' },
  ],
  probe: { hintWhenInvalid: 'Or it belongs to another region or plan.' },
  errors: { billing: ['1113'], byCode: { 1001: 'key_rejected' } },
  usage: { streamOptions: 'not-needed' },
  wire: {
    toolChoice: 'auto-only',
    hasNoJsonSchema: true,
    maxTemperature: 1,
    reasoningWish: 'thinking',
    reasoningBack: 'reasoning_content',
    hasToolStream: true,
    rules: { frequency_penalty: 'dropped', presence_penalty: 'dropped', n: 'refused', logprobs: 'dropped', logit_bias: 'dropped', seed: 'dropped' },
  },
  vendorPrefix: 'z-ai',
  ownsModel: [/^glm-/],
  capabilities: ['streaming', 'tools', 'vision', 'json-object', 'reasoning'],
  models: ['glm-5.3', 'glm-4.7-flash', 'embedding-3'],
});
