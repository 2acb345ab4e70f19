import { fieldsOf, jsonObjectText, listOf, onlyFields, Refused, refuseUnless, textOf, type Fields } from './check-shape.js';
import type { WitnessRow } from './witness.js';

const ROLES = ['system', 'developer', 'user', 'assistant', 'tool'];
/** What Mistral's chat takes; a field that it does not know is refused with 422. */
const MISTRAL = 'model messages temperature top_p max_tokens stream stop random_seed metadata response_format tools tool_choice presence_penalty frequency_penalty n prediction parallel_tool_calls prompt_mode reasoning_effort guardrails safe_prompt prompt_cache_key stream_options';

/** What OpenAI's chat refuses, and what its stricter cousins refuse besides. */
export function checkChat(body: Fields, row: WitnessRow): void {
  const isMistral = row.provider === 'mistral';
  if (/\/openai\/deployments\//.test(row.path)) {
    if (!/[?&]api-version=[^&]+/.test(row.path)) throw new Refused('Resource not found', 404);
  } else textOf(body['model'], 'model');
  if (isMistral) mistralFields(body);
  checkTurns(listOf(body['messages'], 'messages').map((message, index) => checkMessage(message, `messages[${index}]`, isMistral)));
  if (body['tools'] !== undefined) listOf(body['tools'], 'tools').forEach((tool, index) => checkTool(tool, `tools[${index}]`));
  refuseUnless(body['tools'] !== undefined || body['tool_choice'] === undefined || body['tool_choice'] === 'none', 'tool_choice is only allowed when tools are specified.');
  refuseUnless(body['stream'] === true || body['stream_options'] === undefined || body['stream_options'] === null, "The 'stream_options' parameter is only allowed when 'stream' is enabled.");
}

function mistralFields(body: Fields): void {
  try {
    onlyFields(body, 'body', MISTRAL);
  } catch (error) {
    throw error instanceof Refused ? new Refused(error.said, 422) : error;
  }
}

function checkMessage(value: unknown, at: string, isMistral: boolean): Fields {
  const message = fieldsOf(value, at);
  const { role, content } = message;
  refuseUnless(ROLES.includes(role as string) && !(isMistral && role === 'developer'), `${at}.role: unknown role`);
  const calls = message['tool_calls'] as Fields[] | undefined;
  refuseUnless(calls === undefined || (role === 'assistant' && Array.isArray(calls) && calls.length > 0), `${at}.tool_calls: must be a list of the assistant`);
  for (const call of calls ?? []) {
    const called = fieldsOf(call['function'], `${at}.tool_calls.function`);
    textOf(called['name'], `${at}.tool_calls.function.name`);
    jsonObjectText(called['arguments'], `${at}.tool_calls.function.arguments`);
    checkId(call['id'], at, isMistral);
  }
  if (role === 'tool') checkId(message['tool_call_id'], at, isMistral);
  refuseUnless(typeof content === 'string' || Array.isArray(content) || (role === 'assistant' && calls !== undefined), `${at}.content: expected a string or an array of parts`);
  if (Array.isArray(content)) for (const part of content as Fields[]) textOf(part['type'], `${at}.content.type`);
  return message;
}

function checkId(id: unknown, at: string, isMistral: boolean): void {
  refuseUnless(!isMistral || /^[a-zA-Z0-9]{9}$/.test(textOf(id, at)), `${at}: a tool call id must be a-z, A-Z, 0-9, with a length of 9`);
}

/** Each call is answered right after it, and nothing else is. */
function checkTurns(messages: Fields[]): void {
  let open = new Set<unknown>();
  for (const [index, message] of messages.entries()) {
    if (message['role'] === 'tool') {
      refuseUnless(open.delete(message['tool_call_id']), `messages[${index}]: messages with role 'tool' must be a response to a preceding message with 'tool_calls'.`);
      continue;
    }
    refuseUnless(open.size === 0, `messages[${index}]: an assistant message with 'tool_calls' must be followed by tool messages responding to each 'tool_call_id'.`);
    open = new Set(((message['tool_calls'] ?? []) as Fields[]).map((call) => call['id']));
  }
  refuseUnless(open.size === 0, "An assistant message with 'tool_calls' must be followed by tool messages.");
}

function checkTool(value: unknown, at: string): void {
  const tool = fieldsOf(value, at);
  if (tool['type'] !== 'function') return;
  const described = fieldsOf(tool['function'], `${at}.function`);
  refuseUnless(/^[a-zA-Z0-9_-]{1,64}$/.test(textOf(described['name'], `${at}.function.name`)), `${at}.function.name: invalid`);
  if (described['parameters'] !== undefined) fieldsOf(described['parameters'], `${at}.function.parameters`);
}
