import { jsonAnswer, namedEvent, type Answer } from './answer.js';
import type { BehaviourRule } from './behaviour.js';
import { checkMessages } from './check-anthropic-messages.js';
import { countUsage, promptCharacters, textPieces, textTokensFor } from './count-usage.js';
import type { RequestBody } from './openai-chat.js';
import { inFragments, TOOL_TOKENS, toolsToCall, type ToolCall } from './tool-calls.js';
import type { WitnessUsage } from './witness.js';

interface ToolUse {
  type: 'tool_use';
  id: string;
  name: string;
  input: object;
}

/** Anthropic messages: one text block or calls of tools, whole or as its named events. Cached input is told apart from input, as Anthropic does. */
export function answerMessages(body: RequestBody, rule: BehaviourRule, id: string): Answer {
  checkMessages(body);
  const model = String(body['model'] ?? '');
  const characters = promptCharacters([body['system'], body['messages']]);
  const uses = calledTools(body, rule).map(({ name, values }, index): ToolUse => ({ type: 'tool_use', id: `toolu_${id}${index}`, name, input: values }));
  const pieces = uses.length > 0 ? [] : textPieces(textTokensFor(characters, body['max_tokens'], rule));
  const counted = countUsage({ promptCharacters: characters, model, outputTokens: uses.length > 0 ? TOOL_TOKENS * uses.length : pieces.length }, rule);
  const usage: WitnessUsage = counted.cachedTokens > 0 && !rule.usage ? { ...counted, cacheWriteTokens: 2 } : counted;
  const head = { id: `msg_${id}`, type: 'message', role: 'assistant', model, stop_sequence: null };
  const stop = uses.length > 0 ? 'tool_use' : 'end_turn';
  if (body['stream'] === true) {
    const blocks = uses.length > 0 ? uses.flatMap(toolEvents) : textEvents(pieces);
    return { kind: 'events', events: messageEvents(head, blocks, stop, rule.withoutUsage ? null : usage), usage: rule.withoutUsage ? null : usage };
  }
  const told = rule.withoutUsage ? {} : { usage: { ...inputUsage(usage), output_tokens: usage.outputTokens } };
  const content = uses.length > 0 ? uses : [{ type: 'text', text: pieces.join(''), citations: null }];
  return jsonAnswer({ ...head, content, stop_reason: stop, ...told }, rule.withoutUsage ? null : usage);
}

export function answerCountTokens(body: RequestBody): Answer {
  return jsonAnswer({ input_tokens: countUsage({ promptCharacters: promptCharacters([body['system'], body['messages']]), model: '', outputTokens: 0 }, {}).inputTokens });
}

function calledTools(body: RequestBody, rule: BehaviourRule): ToolCall[] {
  const tools = (body['tools'] ?? []) as { name: string; input_schema?: unknown }[];
  const last = (body['messages'] as { content: unknown }[]).at(-1)?.content;
  const isAnswered = Array.isArray(last) && (last as { type: string }[]).some((block) => block.type === 'tool_result');
  const isForbidden = (body['tool_choice'] as { type?: string } | undefined)?.type === 'none';
  return toolsToCall(
    tools.map(({ name, input_schema: schema }) => ({ name, schema })),
    isAnswered || isForbidden,
    rule,
  );
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

function textEvents(pieces: string[]): string[] {
  return [
    namedEvent({ type: 'content_block_start', index: 0, content_block: { type: 'text', text: '' } }),
    namedEvent({ type: 'ping' }),
    ...pieces.map((text) => namedEvent({ type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text } })),
    namedEvent({ type: 'content_block_stop', index: 0 }),
  ];
}

/** A call without arguments has no piece of JSON at all. */
function toolEvents(use: ToolUse, index: number): string[] {
  const fragments = Object.keys(use.input).length === 0 ? [] : ['', ...inFragments(use.input)];
  return [
    namedEvent({ type: 'content_block_start', index, content_block: { ...use, input: {} } }),
    ...fragments.map((partial_json) => namedEvent({ type: 'content_block_delta', index, delta: { type: 'input_json_delta', partial_json } })),
    namedEvent({ type: 'content_block_stop', index }),
  ];
}

function messageEvents(head: Record<string, unknown>, blocks: string[], stop: string, usage: WitnessUsage | null): string[] {
  const begun = usage ? { usage: { ...inputUsage(usage), output_tokens: 1 } } : {};
  const ended = usage ? { usage: { output_tokens: usage.outputTokens } } : {};
  return [
    namedEvent({ type: 'message_start', message: { ...head, content: [], stop_reason: null, ...begun } }),
    ...blocks,
    namedEvent({ type: 'message_delta', delta: { stop_reason: stop, stop_sequence: null }, ...ended }),
    namedEvent({ type: 'message_stop' }),
  ];
}
