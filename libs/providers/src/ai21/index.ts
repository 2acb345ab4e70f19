import { openAiCompatible } from '../open-ai-compatible.js';

export const ai21 = openAiCompatible({
  id: 'ai21',
  name: 'AI21 Labs',
  consoleUrl: 'https://studio.ai21.com/account/api-key',
  docsUrl: 'https://docs.ai21.com',
  pricesUrl: 'https://www.ai21.com/pricing',
  baseUrl: 'https://api.ai21.com/studio/v1',
  key: { pattern: /^[A-Za-z0-9-]{32,}$/ },
  probe: { byStatus: { 403: 'invalid' }, whenOk: unlessEmpty },
  usage: { streamOptions: 'not-needed' },
  wire: { isTextPlain: true, hasNoJsonSchema: true, rules: { seed: 'dropped', frequency_penalty: 'dropped', presence_penalty: 'dropped', logprobs: 'dropped', logit_bias: 'dropped', parallel_tool_calls: 'dropped', reasoning_effort: 'dropped', user: 'dropped' } },
  onAbort: 'drain',
  vendorPrefix: 'ai21',
  ownsModel: [/^jamba-/],
  capabilities: ['streaming', 'tools', 'json-object'],
  models: ['jamba-large', 'jamba-mini'],
});

/** Without a good key AI21 answers 200 with an empty list. */
function unlessEmpty(answer: unknown) {
  const list = (answer as { data?: unknown } | null)?.data ?? answer;
  return Array.isArray(list) && list.length > 0 ? undefined : { outcome: 'invalid' as const };
}
