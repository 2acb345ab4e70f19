import type { ChatWire } from '../chat-wire.js';

/**
 * OpenAI's models by name, wherever OpenAI's own are served. The o-series and gpt-5 and later reason; of the latter the plain chat
 * variant does not.
 */
export const openAiWire: ChatWire = {
  maxTokensField: 'max_completion_tokens',
  rules: { reasoning_effort: 'dropped' },
  extras: ['metadata', 'service_tier', 'store', 'safety_identifier', 'prompt_cache_key', 'prompt_cache_retention', 'verbosity'],
  byModel: [
    {
      model: /^(?:o\d|gpt-(?:[5-9]|1\d)(?!-chat)(?:[.-]|$))/,
      wire: {
        systemRole: 'developer',
        rules: {
          reasoning_effort: 'sent',
          temperature: 'dropped',
          top_p: 'dropped',
          frequency_penalty: 'dropped',
          presence_penalty: 'dropped',
          logprobs: 'dropped',
          logit_bias: 'dropped',
          stop: 'dropped',
        },
      },
    },
    { model: /^o\d/, wire: { efforts: ['low', 'medium', 'high'] } },
    { model: /^gpt-5(?:-|$)/, wire: { efforts: ['minimal', 'low', 'medium', 'high'] } },
    { model: /^gpt-5\.1(?:-|$)/, wire: { efforts: ['none', 'low', 'medium', 'high'] } },
    { model: /^gpt-5\.[2-9](?:-|$)/, wire: { efforts: ['none', 'low', 'medium', 'high', 'xhigh'] } },
    { model: /^gpt-5\.[6-9](?:-|$)/, wire: { reasonsWithoutToolsOnly: true } },
    { model: /^gpt-(?:[6-9]|1\d)(?:[.-]|$)/, wire: { efforts: ['low', 'medium', 'high', 'xhigh'] } },
    { model: /^gpt-4o(?:-mini)?-search-preview/, wire: { rules: { temperature: 'dropped' } } },
  ],
};
