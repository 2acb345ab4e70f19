import { openAiCompatible } from '../open-ai-compatible.js';

export const xai = openAiCompatible({
  id: 'xai',
  name: 'xAI',
  aliases: ['x-ai', 'grok'],
  status: { detail: 'Its Anthropic-compatible endpoint is deprecated and not used here.' },
  consoleUrl: 'https://console.x.ai',
  docsUrl: 'https://docs.x.ai',
  pricesUrl: 'https://docs.x.ai/docs/models',
  baseUrl: 'https://api.x.ai/v1',
  endpoints: ['chat', 'responses'],
  key: { hint: 'xai-…', pattern: /^xai-[A-Za-z0-9_-]{32,}$/, prefixes: ['xai-'] },
  probe: { url: '/api-key', byStatus: { 400: 'invalid' }, whenOk: unlessBlocked },
  errors: { byMessage: [{ status: 400, includes: 'incorrect api key', code: 'key_rejected' }] },
  // Chat counts reasoning beside the completion, not inside it.
  usage: { reasoning: 'excluded' },
  wire: {
    maxTokensField: 'max_completion_tokens',
    parallelToolCallsField: 'parallel_function_calling',
    schemaMembersDropped: ['additionalProperties'],
    rules: { stop: 'dropped', frequency_penalty: 'dropped', presence_penalty: 'dropped' },
    byModel: [{ model: /^grok-4\.20-/, wire: { rules: { reasoning_effort: 'dropped' } } }],
  },
  vendorPrefix: 'x-ai',
  ownsModel: [/^grok-/],
  capabilities: ['streaming', 'tools', 'vision', 'json-schema', 'reasoning'],
  models: ['grok-4.6', 'grok-4.3', 'grok-latest'],
  rateLimitHeaders: ['x-ratelimit-limit-requests', 'x-ratelimit-limit-tokens', 'x-ratelimit-remaining-requests', 'x-ratelimit-remaining-tokens'],
});

function unlessBlocked(answer: unknown) {
  const key = answer as { team_blocked?: boolean; api_key_blocked?: boolean; api_key_disabled?: boolean } | null;
  const isBlocked = key?.team_blocked === true || key?.api_key_blocked === true || key?.api_key_disabled === true;
  return isBlocked ? { outcome: 'no-permission' as const, message: 'xAI says that this key or its team is blocked or disabled.' } : undefined;
}
