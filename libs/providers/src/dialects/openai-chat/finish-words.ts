import type { FinishReason } from '../answer-form.js';

const WORDS: Readonly<Record<FinishReason, string>> = {
  stop: 'stop',
  length: 'length',
  'tool-calls': 'tool_calls',
  'content-filter': 'content_filter',
  // Not OpenAI's, but what OpenRouter says: none of OpenAI's own would be true.
  error: 'error',
};

export function finishWord(reason: FinishReason): string {
  return WORDS[reason];
}

const REASONS: Readonly<Record<string, FinishReason>> = {
  length: 'length',
  max_tokens: 'length',
  model_length: 'length',
  tool_calls: 'tool-calls',
  function_call: 'tool-calls',
  tool_use: 'tool-calls',
  content_filter: 'content-filter',
  sensitive: 'content-filter',
  safety: 'content-filter',
  error: 'error',
  network_error: 'error',
  insufficient_system_resource: 'error',
};

/**
 * What a provider's word means; one we do not know (`eos`, `end_turn`) is an ordinary end. Whether tools were called is seen, not
 * believed: some providers say `stop` after calls, and `tool_calls` after plain text.
 */
export function finishReason(word: unknown, hasCalls: boolean): FinishReason {
  const name = typeof word === 'string' ? word.toLowerCase() : '';
  const reason = Object.hasOwn(REASONS, name) ? REASONS[name]! : 'stop';
  if (reason === 'stop' || reason === 'tool-calls') return hasCalls ? 'tool-calls' : 'stop';
  return reason;
}
