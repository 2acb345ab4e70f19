import { dataEvent, jsonAnswer, type Answer } from './answer.js';
import type { BehaviourRule } from './behaviour.js';
import { countUsage, promptCharacters, textPieces, textTokensFor } from './count-usage.js';
import type { WitnessUsage } from './witness.js';

export type RequestBody = Record<string, unknown>;

const CREATED = 1_760_000_000;
const TOOL_TOKENS = 12;

/** OpenAI chat completions: text, or a call of the first tool when there are tools and no tool has answered yet. */
export function answerChat(body: RequestBody, rule: BehaviourRule, id: string): Answer {
  const model = String(body['model'] ?? '');
  const characters = promptCharacters(body['messages']);
  const tool = toolToCall(body);
  const pieces = tool ? [] : textPieces(textTokensFor(characters, body['max_completion_tokens'] ?? body['max_tokens'], rule));
  const usage = countUsage({ promptCharacters: characters, model, outputTokens: tool ? TOOL_TOKENS : pieces.length }, rule);
  const head = { id: `chatcmpl-${id}`, created: CREATED, model };
  if (body['stream'] === true) return { kind: 'events', events: chatEvents(body, rule, head, pieces, tool, usage), usage: wantsUsage(body, rule) ? usage : null };

  const message = tool
    ? { role: 'assistant', content: null, refusal: null, tool_calls: [{ id: `call_${id}`, type: 'function', function: tool }] }
    : { role: 'assistant', content: pieces.join(''), refusal: null };
  const choice = { index: 0, message, logprobs: null, finish_reason: tool ? 'tool_calls' : 'stop' };
  const told = rule.withoutUsage ? {} : { usage: chatUsage(usage) };
  return jsonAnswer({ ...head, object: 'chat.completion', choices: [choice], ...told, system_fingerprint: 'fp_fake' }, rule.withoutUsage ? null : usage);
}

function chatEvents(
  body: RequestBody,
  rule: BehaviourRule,
  head: { id: string; created: number; model: string },
  pieces: string[],
  tool: { name: string; arguments: string } | null,
  usage: WitnessUsage,
): string[] {
  const chunk = (delta: unknown, finish: string | null = null) =>
    dataEvent({ ...head, object: 'chat.completion.chunk', choices: [{ index: 0, delta, logprobs: null, finish_reason: finish }] });
  const events = [chunk({ role: 'assistant', content: tool ? null : '' })];
  for (const piece of pieces) events.push(chunk({ content: piece }));
  if (tool) {
    events.push(chunk({ tool_calls: [{ index: 0, id: `call_${head.id}`, type: 'function', function: { name: tool.name, arguments: '' } }] }));
    for (const part of tool.arguments.match(/.{1,6}/gs) ?? []) events.push(chunk({ tool_calls: [{ index: 0, function: { arguments: part } }] }));
  }
  events.push(chunk({}, tool ? 'tool_calls' : 'stop'));
  if (wantsUsage(body, rule)) events.push(dataEvent({ ...head, object: 'chat.completion.chunk', choices: [], usage: chatUsage(usage) }));
  events.push(dataEvent('[DONE]'));
  return events;
}

function wantsUsage(body: RequestBody, rule: BehaviourRule): boolean {
  return !rule.withoutUsage && (body['stream_options'] as { include_usage?: unknown } | undefined)?.include_usage === true;
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

interface ToolFunction {
  name: string;
  parameters?: { required?: string[] };
}

function toolToCall(body: RequestBody): { name: string; arguments: string } | null {
  const tools = body['tools'] as { function?: ToolFunction }[] | undefined;
  const wanted = tools?.[0]?.function;
  const messages = body['messages'] as { role?: string }[] | undefined;
  if (!wanted || body['tool_choice'] === 'none' || messages?.at(-1)?.role === 'tool') return null;
  const values = Object.fromEntries((wanted.parameters?.required ?? []).map((name) => [name, `a ${name}`]));
  return { name: wanted.name, arguments: JSON.stringify(values) };
}
