import { base64Of, fieldsOf, listOf, numberWithin, oneOf, onlyFields, refuseUnless, spokenText, textOf, type Fields } from './check-shape.js';

const BODY =
  'model messages max_tokens system stream temperature top_p top_k stop_sequences tools tool_choice metadata thinking output_config output_format service_tier container context_management mcp_servers cache_control inference_geo anthropic_version anthropic_beta speed';

/** What Anthropic's messages refuse: unknown fields, missing limits, blank texts, tool results that answer no call. */
export function checkMessages(body: Fields): void {
  onlyFields(body, 'body', BODY);
  textOf(body['model'], 'model');
  refuseUnless(Number.isInteger(body['max_tokens']) && (body['max_tokens'] as number) > 0, 'max_tokens: Field required');
  numberWithin(body['temperature'], 0, 1, 'temperature');
  if (Array.isArray(body['system'])) body['system'].forEach((block, index) => spokenText(onlyFields(block, `system.${index}`, 'type text cache_control citations')['text'], `system.${index}.text`));
  else if (body['system'] !== undefined) textOf(body['system'], 'system');

  const tools = body['tools'] === undefined ? [] : (body['tools'] as unknown[]).map((tool, index) => checkTool(tool, `tools.${index}`));
  if (body['tool_choice'] !== undefined) {
    refuseUnless(tools.length > 0, 'tool_choice: may only be specified while providing tools');
    const choice = onlyFields(body['tool_choice'], 'tool_choice', 'type name disable_parallel_tool_use');
    if (oneOf(choice['type'], 'auto any tool none', 'tool_choice.type') === 'tool') refuseUnless(tools.includes(choice['name'] as string), 'tool_choice.name: no such tool');
  }
  checkThinking(body);
  const messages = listOf(body['messages'], 'messages').map((message, index) => checkMessage(message, `messages.${index}`));
  refuseUnless(messages[0]!['role'] === 'user', 'messages: first message must use the "user" role');
  messages.forEach((message, index) => checkTurn(message, messages[index - 1], messages[index + 1], `messages.${index}`));
}

function checkTool(value: unknown, at: string): string {
  const tool = fieldsOf(value, at);
  const name = textOf(tool['name'], `${at}.name`);
  if (tool['type'] !== undefined && tool['type'] !== 'custom') return name;
  onlyFields(tool, at, 'type name description input_schema cache_control strict input_examples defer_loading allowed_callers eager_input_streaming');
  refuseUnless(fieldsOf(tool['input_schema'], `${at}.input_schema`)['type'] === 'object', `${at}.input_schema.type: must be object`);
  refuseUnless(/^[a-zA-Z0-9_-]{1,128}$/.test(name), `${at}.name: invalid`);
  return name;
}

function checkThinking(body: Fields): void {
  if (body['thinking'] === undefined) return;
  const thinking = onlyFields(body['thinking'], 'thinking', 'type budget_tokens display');
  if (oneOf(thinking['type'], 'enabled disabled adaptive', 'thinking.type') !== 'enabled') return;
  const budget = thinking['budget_tokens'] as number;
  refuseUnless(budget >= 1024 && budget < (body['max_tokens'] as number), 'max_tokens: must be greater than thinking.budget_tokens, and that at least 1024');
}

function checkMessage(value: unknown, at: string): Fields & { blocks: Fields[] } {
  const message = onlyFields(value, at, 'role content');
  oneOf(message['role'], 'user assistant', `${at}.role`);
  if (typeof message['content'] === 'string') {
    spokenText(message['content'], `${at}.content`);
    return { ...message, blocks: [] };
  }
  const blocks = listOf(message['content'], `${at}.content`).map((block, index) => checkBlock(block, `${at}.content.${index}`));
  return { ...message, blocks };
}

function checkBlock(value: unknown, at: string): Fields {
  const block = fieldsOf(value, at);
  if (block['type'] === 'text') spokenText(onlyFields(block, at, 'type text cache_control citations')['text'], `${at}.text`);
  if (block['type'] === 'tool_use') fieldsOf(onlyFields(block, at, 'type id name input cache_control caller')['input'], `${at}.input`);
  if (block['type'] === 'tool_result') textOf(onlyFields(block, at, 'type tool_use_id content is_error cache_control')['tool_use_id'], `${at}.tool_use_id`);
  if (block['type'] === 'thinking') textOf(onlyFields(block, at, 'type thinking signature')['signature'], `${at}.signature`);
  if (block['type'] === 'image') {
    const source = fieldsOf(block['source'], `${at}.source`);
    if (oneOf(source['type'], 'base64 url file', `${at}.source.type`) === 'base64') base64Of(source['data'], `${at}.source.data`);
  }
  return block;
}

/** Calls are answered in the next message, before anything else in it. */
function checkTurn(message: { blocks: Fields[] }, before: { blocks: Fields[] } | undefined, after: { blocks: Fields[] } | undefined, at: string): void {
  const idsOf = (blocks: Fields[] | undefined, type: string, name: string) => (blocks ?? []).filter((block) => block['type'] === type).map((block) => block[name]);
  const called = idsOf(message.blocks, 'tool_use', 'id');
  const answered = idsOf(after?.blocks, 'tool_result', 'tool_use_id');
  refuseUnless(called.every((id) => answered.includes(id)), `${at}: \`tool_use\` ids were found without \`tool_result\` blocks immediately after`);
  const results = idsOf(message.blocks, 'tool_result', 'tool_use_id');
  const calls = idsOf(before?.blocks, 'tool_use', 'id');
  refuseUnless(results.every((id) => calls.includes(id)), `${at}: unexpected \`tool_use_id\` found in \`tool_result\` blocks`);
  refuseUnless(new Set(results).size === results.length, `${at}: each tool_use must have a single result`);
  refuseUnless(message.blocks.findLastIndex((block) => block['type'] === 'tool_result') === results.length - 1, `${at}: tool_result blocks must come first`);
}
