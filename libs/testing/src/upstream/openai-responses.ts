import { jsonAnswer, namedEvent, type Answer } from './answer.js';
import type { BehaviourRule } from './behaviour.js';
import { checkResponses } from './check-openai-responses.js';
import { countUsage, promptCharacters, textPieces, textTokensFor } from './count-usage.js';
import type { RequestBody } from './openai-chat.js';
import { inFragments, TOOL_TOKENS, toolsToCall, type ToolCall } from './tool-calls.js';
import type { WitnessRow } from './witness.js';

const CREATED = 1_760_000_000;

interface TextItem {
  id: string;
  type: 'message';
  role: 'assistant';
  status: string;
  content: { type: 'output_text'; text: string; annotations: [] }[];
}
interface CallItem {
  id: string;
  type: 'function_call';
  call_id: string;
  name: string;
  arguments: string;
  status: string;
}

/** OpenAI responses: one message of text or calls of tools, whole or as its named events. */
export function answerResponses(body: RequestBody, rule: BehaviourRule, id: string, row: WitnessRow): Answer {
  checkResponses(body, row);
  const model = String(body['model'] ?? '');
  const characters = promptCharacters([body['input'], body['instructions']]);
  const calls = calledTools(body, rule).map((call, index) => callItem(call, `${id}${index}`));
  const pieces = calls.length > 0 ? [] : textPieces(textTokensFor(characters, body['max_output_tokens'], rule));
  const usage = countUsage({ promptCharacters: characters, model, outputTokens: calls.length > 0 ? TOOL_TOKENS * calls.length : pieces.length }, rule);
  const told = {
    input_tokens: usage.inputTokens,
    input_tokens_details: { cached_tokens: usage.cachedTokens },
    output_tokens: usage.outputTokens,
    output_tokens_details: { reasoning_tokens: usage.reasoningTokens },
    total_tokens: usage.inputTokens + usage.outputTokens,
  };
  const head = { id: `resp_${id}`, object: 'response', created_at: CREATED, model, error: null, incomplete_details: null, instructions: null, metadata: {}, parallel_tool_calls: true, temperature: 1, tool_choice: 'auto', tools: [], top_p: 1 };
  const message: TextItem = { id: `msg_${id}`, type: 'message', role: 'assistant', status: 'completed', content: [{ type: 'output_text', text: pieces.join(''), annotations: [] }] };
  const whole = { ...head, status: 'completed', output: calls.length > 0 ? calls : [message], usage: rule.withoutUsage ? null : told };
  if (body['stream'] !== true) return jsonAnswer(whole, rule.withoutUsage ? null : usage);
  return { kind: 'events', events: responseEvents(head, whole, calls, pieces), usage: rule.withoutUsage ? null : usage };
}

function calledTools(body: RequestBody, rule: BehaviourRule): ToolCall[] {
  const tools = (body['tools'] ?? []) as { type: string; name: string; parameters?: unknown }[];
  const input = body['input'];
  const isAnswered = Array.isArray(input) && (input.at(-1) as { type?: string } | undefined)?.type === 'function_call_output';
  return toolsToCall(
    tools.filter(({ type }) => type === 'function').map(({ name, parameters: schema }) => ({ name, schema })),
    isAnswered || body['tool_choice'] === 'none',
    rule,
  );
}

function callItem({ name, values }: ToolCall, id: string): CallItem {
  return { id: `fc_${id}`, type: 'function_call', call_id: `call_${id}`, name, arguments: JSON.stringify(values), status: 'completed' };
}

type Event = (type: string, fields: Record<string, unknown>) => string;

function responseEvents(head: object, whole: { output: (TextItem | CallItem)[] }, calls: CallItem[], pieces: string[]): string[] {
  let sequence = 0;
  const event: Event = (type, fields) => namedEvent({ type, sequence_number: sequence++, ...fields });
  const begun = { ...head, status: 'in_progress', output: [], usage: null };
  return [
    event('response.created', { response: begun }),
    event('response.in_progress', { response: begun }),
    ...(calls.length > 0 ? calls.flatMap((call, index) => callEvents(event, call, index)) : textEvents(event, whole.output[0] as TextItem, pieces)),
    event('response.completed', { response: whole }),
  ];
}

function textEvents(event: Event, message: TextItem, pieces: string[]): string[] {
  const place = { item_id: message.id, output_index: 0, content_index: 0 };
  return [
    event('response.output_item.added', { output_index: 0, item: { ...message, status: 'in_progress', content: [] } }),
    event('response.content_part.added', { ...place, part: { type: 'output_text', text: '', annotations: [] } }),
    ...pieces.map((delta) => event('response.output_text.delta', { ...place, delta })),
    event('response.output_text.done', { ...place, text: pieces.join('') }),
    event('response.content_part.done', { ...place, part: message.content[0] }),
    event('response.output_item.done', { output_index: 0, item: message }),
  ];
}

function callEvents(event: Event, call: CallItem, index: number): string[] {
  const place = { item_id: call.id, output_index: index };
  return [
    event('response.output_item.added', { output_index: index, item: { ...call, status: 'in_progress', arguments: '' } }),
    ...inFragments(JSON.parse(call.arguments) as object).map((delta) => event('response.function_call_arguments.delta', { ...place, delta })),
    event('response.function_call_arguments.done', { ...place, arguments: call.arguments }),
    event('response.output_item.done', { output_index: index, item: call }),
  ];
}
