import { jsonAnswer, namedEvent, type Answer } from './answer.js';
import type { BehaviourRule } from './behaviour.js';
import { countUsage, promptCharacters, textPieces, textTokensFor } from './count-usage.js';
import type { RequestBody } from './openai-chat.js';
import type { WitnessUsage } from './witness.js';

/** Anthropic messages: one text block, whole or as its named events. Cached input is told apart from input, as Anthropic does. */
export function answerMessages(body: RequestBody, rule: BehaviourRule, id: string): Answer {
  const model = String(body['model'] ?? '');
  const characters = promptCharacters([body['system'], body['messages']]);
  const pieces = textPieces(textTokensFor(characters, body['max_tokens'], rule));
  const counted = countUsage({ promptCharacters: characters, model, outputTokens: pieces.length }, rule);
  const usage: WitnessUsage = counted.cachedTokens > 0 && !rule.usage ? { ...counted, cacheWriteTokens: 2 } : counted;
  const head = { id: `msg_${id}`, type: 'message', role: 'assistant', model, stop_sequence: null };
  if (body['stream'] === true) return { kind: 'events', events: messageEvents(head, pieces, usage, rule), usage: rule.withoutUsage ? null : usage };
  const told = rule.withoutUsage ? {} : { usage: { ...inputUsage(usage), output_tokens: usage.outputTokens } };
  const content = [{ type: 'text', text: pieces.join(''), citations: null }];
  return jsonAnswer({ ...head, content, stop_reason: 'end_turn', ...told }, rule.withoutUsage ? null : usage);
}

export function answerCountTokens(body: RequestBody): Answer {
  return jsonAnswer({ input_tokens: countUsage({ promptCharacters: promptCharacters([body['system'], body['messages']]), model: '', outputTokens: 0 }, {}).inputTokens });
}

function inputUsage(usage: WitnessUsage) {
  return {
    input_tokens: usage.inputTokens - usage.cachedTokens - usage.cacheWriteTokens,
    cache_creation_input_tokens: usage.cacheWriteTokens,
    cache_read_input_tokens: usage.cachedTokens,
    cache_creation: { ephemeral_5m_input_tokens: usage.cacheWriteTokens, ephemeral_1h_input_tokens: 0 },
    service_tier: 'standard',
  };
}

function messageEvents(head: Record<string, unknown>, pieces: string[], usage: WitnessUsage, rule: BehaviourRule): string[] {
  const begun = rule.withoutUsage ? {} : { usage: { ...inputUsage(usage), output_tokens: 1 } };
  const ended = rule.withoutUsage ? {} : { usage: { output_tokens: usage.outputTokens } };
  return [
    namedEvent({ type: 'message_start', message: { ...head, content: [], stop_reason: null, ...begun } }),
    namedEvent({ type: 'content_block_start', index: 0, content_block: { type: 'text', text: '' } }),
    namedEvent({ type: 'ping' }),
    ...pieces.map((text) => namedEvent({ type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text } })),
    namedEvent({ type: 'content_block_stop', index: 0 }),
    namedEvent({ type: 'message_delta', delta: { stop_reason: 'end_turn', stop_sequence: null }, ...ended }),
    namedEvent({ type: 'message_stop' }),
  ];
}
