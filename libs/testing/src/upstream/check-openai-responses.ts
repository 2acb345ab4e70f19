import { fieldsOf, jsonObjectText, listOf, refuseUnless, textOf, type Fields } from './check-shape.js';
import type { WitnessRow } from './witness.js';

/** What OpenAI's responses refuse: items without a shape, and outputs of calls that were never made. */
export function checkResponses(body: Fields, row: WitnessRow): void {
  textOf(body['model'], 'model');
  refuseUnless(body['messages'] === undefined, "Unsupported parameter: 'messages'. In the Responses API, this parameter has moved to 'input'.");
  refuseUnless(body['max_tokens'] === undefined, "Unsupported parameter: 'max_tokens'. Use 'max_output_tokens' instead.");
  refuseUnless(body['response_format'] === undefined || row.provider === 'perplexity', "Unsupported parameter: 'response_format'. It has moved to 'text.format'.");
  for (const [index, tool] of ((body['tools'] ?? []) as Fields[]).entries()) {
    if (tool['type'] === 'function') textOf(tool['name'], `tools[${index}].name`);
  }
  const { input } = body;
  if (typeof input === 'string') return;
  const called = new Set<unknown>();
  for (const [index, value] of listOf(input, 'input').entries()) {
    const item = fieldsOf(value, `input[${index}]`);
    checkItem(item, `input[${index}]`);
    if (item['type'] === 'function_call') called.add(item['call_id']);
    if (item['type'] !== 'function_call_output' || body['previous_response_id'] !== undefined) continue;
    refuseUnless(called.delete(item['call_id']), `No tool call found for function call output with call_id ${String(item['call_id'])}.`);
  }
  refuseUnless(called.size === 0, `No tool output found for function call ${[...called].join()}.`);
}

function checkItem(item: Fields, at: string): void {
  if (item['type'] === 'function_call') {
    textOf(item['call_id'], `${at}.call_id`);
    textOf(item['name'], `${at}.name`);
    jsonObjectText(item['arguments'], `${at}.arguments`);
  } else if (item['type'] === 'function_call_output') {
    refuseUnless(typeof item['output'] === 'string' || Array.isArray(item['output']), `${at}.output: must be a string or a list`);
  } else if (item['type'] === undefined || item['type'] === 'message') {
    refuseUnless(['user', 'assistant', 'system', 'developer'].includes(item['role'] as string), `${at}.role: unknown role`);
    if (Array.isArray(item['content'])) for (const part of item['content'] as Fields[]) checkPart(part, item['role'], `${at}.content`);
    else textOf(item['content'], `${at}.content`);
  }
}

function checkPart(part: Fields, role: unknown, at: string): void {
  const known = role === 'assistant' ? ['output_text', 'refusal'] : ['input_text', 'input_image', 'input_file', 'input_audio'];
  refuseUnless(known.includes(part['type'] as string), `${at}.type: Invalid value: '${String(part['type'])}'. Supported values are: ${known.join()}.`);
}
