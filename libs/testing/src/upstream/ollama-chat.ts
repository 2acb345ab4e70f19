import { jsonAnswer, type Answer } from './answer.js';
import type { BehaviourRule } from './behaviour.js';
import { base64Of, fieldsOf, listOf, oneOf, refuseUnless, textOf, type Fields } from './check-shape.js';
import { countUsage, promptCharacters, textPieces, textTokensFor } from './count-usage.js';
import type { RequestBody } from './openai-chat.js';
import { TOOL_TOKENS, toolsToCall } from './tool-calls.js';
import type { WitnessUsage } from './witness.js';

const CREATED = '2025-10-09T08:53:20Z';

/** Ollama's own chat: lines of JSON, and it streams unless it is told not to. */
export function answerOllama(body: RequestBody, rule: BehaviourRule, id: string): Answer {
  checkOllama(body);
  const model = String(body['model']);
  const characters = promptCharacters(body['messages']);
  const messages = body['messages'] as { role: string }[];
  const tools = ((body['tools'] ?? []) as { function: { name: string; parameters?: unknown } }[]).map(({ function: { name, parameters: schema } }) => ({ name, schema }));
  const calls = toolsToCall(tools, messages.at(-1)?.role === 'tool', rule).map(({ name, values }, index) => ({ id: `call_${id}${index}`, function: { index, name, arguments: values } }));
  const limit = (body['options'] as { num_predict?: unknown } | undefined)?.num_predict;
  const pieces = calls.length > 0 ? [] : textPieces(textTokensFor(characters, limit, rule));
  const usage = { ...countUsage({ promptCharacters: characters, model, outputTokens: calls.length > 0 ? TOOL_TOKENS * calls.length : pieces.length }, rule), cachedTokens: 0 };
  const told = rule.withoutUsage ? null : usage;
  const head = { model, created_at: CREATED };
  const said = { role: 'assistant', content: pieces.join(''), ...(calls.length > 0 ? { tool_calls: calls } : {}) };
  if (body['stream'] === false) return jsonAnswer({ ...head, message: said, ...lastFields(told) }, told);
  const spoken = calls.length > 0 ? [said] : pieces.map((content) => ({ role: 'assistant', content }));
  const lines = [...spoken.map((message) => ({ ...head, message, done: false })), { ...head, message: { role: 'assistant', content: '' }, ...lastFields(told) }];
  return { kind: 'events', events: lines.map((line) => `${JSON.stringify(line)}\n`), contentType: 'application/x-ndjson', usage: told };
}

function lastFields(usage: WitnessUsage | null) {
  return { done: true, done_reason: 'stop', total_duration: 12_000_000, load_duration: 1_000_000, ...(usage ? { prompt_eval_count: usage.inputTokens, prompt_eval_duration: 1_000_000, eval_count: usage.outputTokens, eval_duration: 10_000_000 } : {}) };
}

/** Ollama's parser knows the types and lets unknown names pass. */
function checkOllama(body: Fields): void {
  textOf(body['model'], 'model');
  if (body['options'] !== undefined) fieldsOf(body['options'], 'options');
  refuseUnless(body['format'] === undefined || body['format'] === 'json' || typeof body['format'] === 'object', 'format: must be "json" or a JSON schema');
  for (const [index, value] of listOf(body['messages'], 'messages').entries()) {
    const message = fieldsOf(value, `messages[${index}]`);
    oneOf(message['role'], 'system user assistant tool', `messages[${index}].role`);
    if (message['content'] !== undefined) textOf(message['content'], `json: cannot unmarshal into ChatRequest.messages.content`);
    for (const image of (message['images'] ?? []) as unknown[]) base64Of(image, `messages[${index}].images`);
    for (const call of (message['tool_calls'] ?? []) as Fields[]) fieldsOf(fieldsOf(call['function'], 'tool_calls.function')['arguments'], 'json: cannot unmarshal into ToolCallFunction.arguments');
  }
  for (const tool of (body['tools'] ?? []) as Fields[]) textOf(fieldsOf(tool['function'], 'tools.function')['name'], 'tools.function.name');
}
