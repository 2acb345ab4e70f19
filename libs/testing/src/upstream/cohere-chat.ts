import { jsonAnswer, namedEvent, type Answer } from './answer.js';
import type { BehaviourRule } from './behaviour.js';
import { checkCohere } from './check-cohere-chat.js';
import { countUsage, promptCharacters, textPieces, textTokensFor } from './count-usage.js';
import type { RequestBody } from './openai-chat.js';
import { inFragments, TOOL_TOKENS, toolsToCall } from './tool-calls.js';
import type { WitnessUsage } from './witness.js';

interface Call {
  id: string;
  type: 'function';
  function: { name: string; arguments: string };
}

/** Cohere's chat, version 2. A call without arguments has the text "null" for them, as at Cohere. */
export function answerCohere(body: RequestBody, rule: BehaviourRule, id: string): Answer {
  checkCohere(body);
  const characters = promptCharacters(body['messages']);
  const calls = calledTools(body, rule, id);
  const pieces = calls.length > 0 ? [] : textPieces(textTokensFor(characters, body['max_tokens'], rule));
  const counted = countUsage({ promptCharacters: characters, model: String(body['model']), outputTokens: calls.length > 0 ? TOOL_TOKENS * calls.length : pieces.length }, rule);
  const usage = { ...counted, cachedTokens: 0 };
  const finish = calls.length > 0 ? 'TOOL_CALL' : 'COMPLETE';
  const told = rule.withoutUsage ? null : usage;
  if (body['stream'] === true) return { kind: 'events', events: events(id, calls, pieces, { finish_reason: finish, ...(told ? { usage: usageOf(told) } : {}) }), usage: told };
  const message = calls.length > 0 ? { role: 'assistant', tool_plan: 'I will use the tools.', tool_calls: calls } : { role: 'assistant', content: [{ type: 'text', text: pieces.join('') }] };
  return jsonAnswer({ id, message, finish_reason: finish, ...(told ? { usage: usageOf(told) } : {}) }, told);
}

function calledTools(body: RequestBody, rule: BehaviourRule, id: string): Call[] {
  const tools = (body['tools'] ?? []) as { function: { name: string; parameters?: unknown } }[];
  const last = (body['messages'] as { role: string }[]).at(-1);
  const called = toolsToCall(
    tools.map(({ function: { name, parameters: schema } }) => ({ name, schema })),
    last?.role === 'tool' || body['tool_choice'] === 'NONE',
    rule,
  );
  return called.map(({ name, values }, index) => ({ id: `${name}_${id}${index}`, type: 'function', function: { name, arguments: Object.keys(values).length === 0 ? 'null' : JSON.stringify(values) } }));
}

function usageOf(usage: WitnessUsage) {
  const counted = { input_tokens: usage.inputTokens, output_tokens: usage.outputTokens };
  return { billed_units: counted, tokens: counted };
}

function events(id: string, calls: Call[], pieces: string[], ended: object): string[] {
  const spoken = calls.length > 0 ? callEvents(calls) : textEvents(pieces);
  return [
    namedEvent({ id, type: 'message-start', delta: { message: { role: 'assistant', content: [], tool_plan: '', tool_calls: [], citations: [] } } }),
    ...spoken,
    namedEvent({ type: 'message-end', delta: ended }),
  ];
}

function textEvents(pieces: string[]): string[] {
  return [
    namedEvent({ type: 'content-start', index: 0, delta: { message: { content: { type: 'text', text: '' } } } }),
    ...pieces.map((text) => namedEvent({ type: 'content-delta', index: 0, delta: { message: { content: { text } } } })),
    namedEvent({ type: 'content-end', index: 0 }),
  ];
}

function callEvents(calls: Call[]): string[] {
  const plan = ['I will', ' use the tools.'].map((tool_plan) => namedEvent({ type: 'tool-plan-delta', delta: { message: { tool_plan } } }));
  return [...plan, ...calls.flatMap(callEvent)];
}

function callEvent(call: Call, index: number): string[] {
  const fragments = call.function.arguments === 'null' ? ['null'] : inFragments(JSON.parse(call.function.arguments) as object);
  return [
    namedEvent({ type: 'tool-call-start', index, delta: { message: { tool_calls: { ...call, function: { name: call.function.name, arguments: '' } } } } }),
    ...fragments.map((text) => namedEvent({ type: 'tool-call-delta', index, delta: { message: { tool_calls: { function: { arguments: text } } } } })),
    namedEvent({ type: 'tool-call-end', index }),
  ];
}
