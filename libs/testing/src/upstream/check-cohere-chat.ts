import { fieldsOf, listOf, numberWithin, oneOf, onlyFields, Refused, refuseUnless, textOf, type Fields } from './check-shape.js';

const BODY =
  'model messages stream tools strict_tools documents citation_options response_format safety_mode max_tokens stop_sequences temperature seed frequency_penalty presence_penalty k p logprobs tool_choice thinking priority raw_prompting';

/** What Cohere refuses; an unknown field is answered with 422 there. */
export function checkCohere(body: Fields): void {
  try {
    onlyFields(body, 'body', BODY);
  } catch (error) {
    throw error instanceof Refused ? new Refused(error.said, 422) : error;
  }
  textOf(body['model'], 'model');
  numberWithin(body['temperature'], 0, 1, 'temperature');
  numberWithin(body['p'], 0.01, 0.99, 'p');
  numberWithin(body['frequency_penalty'], 0, 1, 'frequency_penalty');
  numberWithin(body['presence_penalty'], 0, 1, 'presence_penalty');
  if (body['tool_choice'] !== undefined) oneOf(body['tool_choice'], 'REQUIRED NONE', 'tool_choice');
  for (const tool of (body['tools'] ?? []) as Fields[]) textOf(fieldsOf(onlyFields(tool, 'tools', 'type function')['function'], 'tools.function')['name'], 'tools.function.name');
  let open = new Set<unknown>();
  for (const [index, value] of listOf(body['messages'], 'messages').entries()) {
    const message = checkMessage(value, `messages[${index}]`);
    if (message['role'] === 'tool') {
      refuseUnless(open.delete(message['tool_call_id']), `messages[${index}]: the tool call id is not that of a call before it`);
      continue;
    }
    refuseUnless(open.size === 0, `messages[${index}]: every tool call must be answered`);
    open = new Set(((message['tool_calls'] ?? []) as Fields[]).map((call) => call['id']));
  }
  refuseUnless(open.size === 0, 'messages: every tool call must be answered');
}

function checkMessage(value: unknown, at: string): Fields {
  const message = onlyFields(value, at, 'role content tool_calls tool_plan tool_call_id citations');
  const role = oneOf(message['role'], 'system user assistant tool', `${at}.role`);
  refuseUnless(message['tool_plan'] === undefined || role === 'assistant', `${at}.tool_plan: only of the assistant`);
  for (const call of (message['tool_calls'] ?? []) as Fields[]) {
    textOf(call['id'], `${at}.tool_calls.id`);
    textOf(fieldsOf(call['function'], `${at}.tool_calls.function`)['arguments'], `${at}.tool_calls.function.arguments`);
  }
  const { content } = message;
  refuseUnless(content !== undefined || (role === 'assistant' && message['tool_calls'] !== undefined), `${at}.content: is required`);
  if (Array.isArray(content)) for (const part of content as Fields[]) oneOf(part['type'], 'text image_url document thinking', `${at}.content.type`);
  else if (content !== undefined) textOf(content, `${at}.content`);
  return message;
}
