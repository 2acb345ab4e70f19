import { jsonAnswer, namedEvent, type Answer } from './answer.js';
import type { BehaviourRule } from './behaviour.js';
import { countUsage, promptCharacters, textPieces, textTokensFor } from './count-usage.js';
import type { RequestBody } from './openai-chat.js';

const CREATED = 1_760_000_000;

/** OpenAI responses: one message of text, whole or as its named events. */
export function answerResponses(body: RequestBody, rule: BehaviourRule, id: string): Answer {
  const model = String(body['model'] ?? '');
  const characters = promptCharacters([body['input'], body['instructions']]);
  const pieces = textPieces(textTokensFor(characters, body['max_output_tokens'], rule));
  const usage = countUsage({ promptCharacters: characters, model, outputTokens: pieces.length }, rule);
  const told = {
    input_tokens: usage.inputTokens,
    input_tokens_details: { cached_tokens: usage.cachedTokens },
    output_tokens: usage.outputTokens,
    output_tokens_details: { reasoning_tokens: usage.reasoningTokens },
    total_tokens: usage.inputTokens + usage.outputTokens,
  };
  const head = { id: `resp_${id}`, object: 'response', created_at: CREATED, model, error: null, incomplete_details: null, instructions: null, metadata: {}, parallel_tool_calls: true, temperature: 1, tool_choice: 'auto', tools: [], top_p: 1 };
  const part = { type: 'output_text', text: pieces.join(''), annotations: [] };
  const message = { id: `msg_${id}`, type: 'message', role: 'assistant', status: 'completed', content: [part] };
  const whole = { ...head, status: 'completed', output: [message], usage: rule.withoutUsage ? null : told };
  if (body['stream'] !== true) return jsonAnswer(whole, rule.withoutUsage ? null : usage);
  return { kind: 'events', events: responseEvents(head, message, pieces, whole), usage: rule.withoutUsage ? null : usage };
}

function responseEvents(head: object, message: { id: string; content: { text: string }[] }, pieces: string[], whole: object): string[] {
  let sequence = 0;
  const event = (type: string, fields: Record<string, unknown>) => namedEvent({ type, sequence_number: sequence++, ...fields });
  const begun = { ...head, status: 'in_progress', output: [], usage: null };
  const place = { item_id: message.id, output_index: 0, content_index: 0 };
  return [
    event('response.created', { response: begun }),
    event('response.in_progress', { response: begun }),
    event('response.output_item.added', { output_index: 0, item: { ...message, status: 'in_progress', content: [] } }),
    event('response.content_part.added', { ...place, part: { type: 'output_text', text: '', annotations: [] } }),
    ...pieces.map((delta) => event('response.output_text.delta', { ...place, delta })),
    event('response.output_text.done', { ...place, text: pieces.join('') }),
    event('response.content_part.done', { ...place, part: message.content[0] }),
    event('response.output_item.done', { output_index: 0, item: message }),
    event('response.completed', { response: whole }),
  ];
}
