import { dataEvent, jsonAnswer, type Answer } from './answer.js';
import type { BehaviourRule } from './behaviour.js';
import { checkChat } from './check-openai-chat.js';
import { countUsage, promptCharacters, textPieces, textTokensFor } from './count-usage.js';
import { inFragments, TOOL_TOKENS, toolsToCall, type ToolCall } from './tool-calls.js';
import type { WitnessRow, WitnessUsage } from './witness.js';

export type RequestBody = Record<string, unknown>;

const CREATED = 1_760_000_000;

interface Plan {
  head: { id: string; created: number; model: string };
  pieces: string[];
  calls: { id: string; type: 'function'; function: { name: string; arguments: string } }[];
  usage: WitnessUsage;
}

/** OpenAI chat completions: text, or a call of the first tool when there are tools and no tool has answered yet. */
export function answerChat(body: RequestBody, rule: BehaviourRule, id: string, row: WitnessRow): Answer {
  checkChat(body, row);
  const model = row.model ?? '';
  const characters = promptCharacters(body['messages']);
  const called = toolCalls(body, rule);
  const pieces = called.length > 0 ? [] : textPieces(textTokensFor(characters, body['max_completion_tokens'] ?? body['max_tokens'], rule));
  const usage = countUsage({ promptCharacters: characters, model, outputTokens: called.length > 0 ? TOOL_TOKENS * called.length : pieces.length }, rule);
  const calls = called.map(({ name, values }, index) => ({ id: callId(id, index, row), type: 'function' as const, function: { name, arguments: JSON.stringify(values) } }));
  const plan = { head: { id: `chatcmpl-${id}`, created: CREATED, model }, pieces, calls, usage };
  if (body['stream'] === true) return { kind: 'events', events: chatEvents(body, rule, plan, row), usage: wantsUsage(body, rule, row) ? usage : null };

  const message = calls.length > 0 ? { role: 'assistant', content: null, refusal: null, tool_calls: calls } : { role: 'assistant', content: pieces.join(''), refusal: null };
  const choice = { index: 0, message, logprobs: null, finish_reason: calls.length > 0 ? 'tool_calls' : 'stop' };
  const told = rule.withoutUsage ? {} : { usage: chatUsage(usage) };
  return jsonAnswer({ ...plan.head, object: 'chat.completion', choices: [choice], ...told, system_fingerprint: 'fp_fake' }, rule.withoutUsage ? null : usage);
}

function chatEvents(body: RequestBody, rule: BehaviourRule, { head, pieces, calls, usage }: Plan, row: WitnessRow): string[] {
  const isCall = calls.length > 0;
  const told = wantsUsage(body, rule, row);
  const chunk = (delta: unknown, finish: string | null = null, more: object = {}) =>
    dataEvent({ ...head, object: 'chat.completion.chunk', choices: [{ index: 0, delta, logprobs: null, finish_reason: finish }], ...more });
  const events = [chunk({ role: 'assistant', content: isCall ? null : '' })];
  // Azure judges the prompt before there is a choice.
  if (isAzure(row)) events.unshift(dataEvent({ id: '', object: '', created: 0, model: '', choices: [], prompt_filter_results: [{ prompt_index: 0, content_filter_results: {} }] }));
  for (const piece of pieces) events.push(chunk({ content: piece }));
  for (const [index, call] of calls.entries()) {
    events.push(chunk({ tool_calls: [{ index, id: call.id, type: 'function', function: { name: call.function.name, arguments: '' } }] }));
    for (const part of inFragments(JSON.parse(call.function.arguments) as object)) events.push(chunk({ tool_calls: [{ index, function: { arguments: part } }] }));
  }
  const tellsInLastChunk = told && isMistral(row);
  events.push(chunk({}, isCall ? 'tool_calls' : 'stop', tellsInLastChunk ? { usage: chatUsage(usage) } : {}));
  if (told && !tellsInLastChunk) events.push(dataEvent({ ...head, object: 'chat.completion.chunk', choices: [], usage: chatUsage(usage) }));
  events.push(dataEvent('[DONE]'));
  return events;
}

function toolCalls(body: RequestBody, rule: BehaviourRule): ToolCall[] {
  const tools = (body['tools'] ?? []) as { function?: { name: string; parameters?: unknown } }[];
  const messages = body['messages'] as { role?: string }[] | undefined;
  const isAnswered = body['tool_choice'] === 'none' || messages?.at(-1)?.role === 'tool';
  return toolsToCall(
    tools.flatMap(({ function: tool }) => (tool ? [{ name: tool.name, schema: tool.parameters }] : [])),
    isAnswered,
    rule,
  );
}

/** Mistral's ids have nine characters, and it refuses others. */
function callId(id: string, index: number, row: WitnessRow): string {
  return isMistral(row) ? `${id.slice(-8)}${index}` : `call_${id}${index > 0 ? `_${index}` : ''}`;
}

function wantsUsage(body: RequestBody, rule: BehaviourRule, row: WitnessRow): boolean {
  if (rule.withoutUsage) return false;
  return isMistral(row) || (body['stream_options'] as { include_usage?: unknown } | undefined)?.include_usage === true;
}

function isMistral(row: WitnessRow): boolean {
  return row.provider === 'mistral';
}

function isAzure(row: WitnessRow): boolean {
  return row.provider.startsWith('azure');
}

function chatUsage(usage: WitnessUsage) {
  return {
    prompt_tokens: usage.inputTokens,
    completion_tokens: usage.outputTokens,
    total_tokens: usage.inputTokens + usage.outputTokens,
    prompt_tokens_details: { cached_tokens: usage.cachedTokens, audio_tokens: 0 },
    completion_tokens_details: { reasoning_tokens: usage.reasoningTokens, audio_tokens: 0, accepted_prediction_tokens: 0, rejected_prediction_tokens: 0 },
  };
}
