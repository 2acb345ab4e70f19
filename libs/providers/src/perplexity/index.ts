import { openAiCompatible } from '../open-ai-compatible.js';

/** What used to be Sonar's chat completions is the Agent API now, in the shape of OpenAI's Responses. */
export const perplexity = openAiCompatible({
  id: 'perplexity',
  name: 'Perplexity',
  status: {
    state: 'changed',
    since: '2026-09-27',
    detail: 'Chat completions (Sonar) ended. Calls go to the Agent API, which speaks OpenAI Responses; other dialects are translated to it.',
  },
  consoleUrl: 'https://console.perplexity.ai',
  docsUrl: 'https://docs.perplexity.ai',
  pricesUrl: 'https://docs.perplexity.ai/docs/getting-started/pricing',
  baseUrl: 'https://api.perplexity.ai/v1',
  // Its embeddings come as integers only, which no client of OpenAI's embeddings expects.
  endpoints: ['responses'],
  key: { hint: 'pplx-…', pattern: /^pplx-[A-Za-z0-9]{40,}$/, prefixes: ['pplx-'] },
  probe: { hintWhenInvalid: 'Or its account has no credit: Perplexity refuses both alike.' },
  usage: { streamOptions: 'not-needed' },
  responsesWire: {
    rules: {
      logprobs: 'dropped',
      tool_choice: 'refused',
      parallel_tool_calls: 'dropped',
      json_object: 'refused',
      user: 'dropped',
      files: 'refused',
      // It tells none, so what there is was made elsewhere.
      reasoning_history: 'dropped',
    },
    answerFormat: 'response_format',
    efforts: ['minimal', 'low', 'medium', 'high', 'xhigh'],
    hasNoSummary: true,
    signsCalls: true,
    extras: ['store', 'preset', 'models', 'profile', 'skills', 'max_steps', 'language_preference'],
  },
  vendorPrefix: 'perplexity',
  ownNamespaces: ['perplexity'],
  ownsModel: [/^sonar(?:-|$)/],
  capabilities: ['streaming', 'tools', 'vision', 'json-schema', 'reasoning'],
  models: ['perplexity/sonar', 'openai/gpt-5.5', 'anthropic/claude-sonnet-4-6'],
});
