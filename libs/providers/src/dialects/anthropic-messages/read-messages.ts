import type { Message, SystemMessage, ToolResult } from '../chat-form.js';
import { expectList, expectObject, expectText, invalid } from './expect-shape.js';
import { cacheOf, readAssistantPart, readBlocks, readText, readUserPart } from './read-blocks.js';

type Found = Record<string, unknown>;

export function readSystem(system: unknown): SystemMessage[] {
  if (system === undefined || system === null) return [];
  return [systemMessage(system, 'system')];
}

export function readMessages(value: unknown): Message[] {
  const names = new Map<string, string>();
  return expectList(value, 'messages').flatMap((each, index) => {
    const param = `messages.${index}`;
    const message = expectObject(each, param);
    switch (message['role']) {
      case 'user':
        return readUser(message, `${param}.content`, names);
      case 'assistant':
        return [readAssistant(message, `${param}.content`, names)];
      case 'system':
        return [systemMessage(message['content'], `${param}.content`)];
      default:
        throw invalid(`${param}.role`, '"user" or "assistant"');
    }
  });
}

function systemMessage(content: unknown, param: string): SystemMessage {
  return { role: 'system', parts: readBlocks(content, param).map((each) => readText(each.block, each.param)) };
}

function readAssistant(message: Found, param: string, names: Map<string, string>): Message {
  const parts = readBlocks(message['content'], param).map((each) => readAssistantPart(each.block, each.param));
  for (const part of parts) if (part.type === 'tool-call') names.set(part.id, part.name);
  return { role: 'assistant', parts };
}

/** Results answer the assistant's message before: they come first, whatever the user says beside them. */
function readUser(message: Found, param: string, names: ReadonlyMap<string, string>): Message[] {
  const blocks = readBlocks(message['content'], param);
  const results = blocks.filter(({ block }) => block['type'] === 'tool_result').map((each) => readResult(each.block, each.param, names));
  const parts = blocks.filter(({ block }) => block['type'] !== 'tool_result').flatMap((each) => readUserPart(each.block, each.param));
  const said: Message[] = parts.length > 0 || results.length === 0 ? [{ role: 'user', parts }] : [];
  return results.length > 0 ? [{ role: 'tool', results }, ...said] : said;
}

function readResult(block: Found, param: string, names: ReadonlyMap<string, string>): ToolResult {
  const id = expectText(block['tool_use_id'], `${param}.tool_use_id`);
  const content = block['content'];
  const parts = content === undefined || content === null ? [] : readBlocks(content, `${param}.content`).flatMap((each) => readUserPart(each.block, each.param));
  return { id, name: names.get(id) ?? null, parts, ...(block['is_error'] === true ? { isError: true } : {}), ...cacheOf(block) };
}
