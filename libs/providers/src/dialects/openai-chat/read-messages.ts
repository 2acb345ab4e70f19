import type { Found } from '../../find-usage.js';
import type { AssistantMessage, Message, TextPart, ToolResult, UserMessage } from '../chat-form.js';
import { onlySet } from '../only-set.js';
import { expectList, expectObject, expectText, invalid, member, optionalText, untranslatable } from '../expect.js';
import { readCacheMark } from './read-cache-mark.js';
import { readSpoken } from './read-spoken.js';
import { readUserPart } from './read-user-part.js';

/** Messages in the form: results of tools next to each other become one message, with the names of the calls they answer. */
export function readMessages(value: unknown): Message[] {
  const listed = expectList(value, 'messages');
  if (listed.length === 0) throw invalid('messages', 'must hold at least one message');
  const messages: Message[] = [];
  const names = new Map<string, string>();
  for (const [index, each] of listed.entries()) {
    const param = `messages[${index}]`;
    const message = readMessage(expectObject(each, param), param, names);
    const before = messages.at(-1);
    if (message.role === 'tool' && before?.role === 'tool') before.results.push(...message.results);
    else messages.push(message);
  }
  return messages;
}

function readMessage(message: Found, param: string, names: Map<string, string>): Message {
  const role = member(message, 'role');
  switch (role) {
    case 'system':
    case 'developer':
      return { role: 'system', parts: readTexts(message, param) };
    case 'user':
      return { role, parts: readUserParts(message, param), ...onlySet({ name: optionalText(message, 'name', `${param}.name`) }) };
    case 'assistant':
      return readAssistant(message, param, names);
    case 'tool':
      return { role, results: [readResult(message, param, names)] };
    case 'function':
      throw invalid(`${param}.role`, 'is the old way to answer function calls, which this model cannot be told; use "tool"');
    default:
      throw invalid(`${param}.role`, 'must be system, developer, user, assistant or tool');
  }
}

function readTexts(message: Found, param: string): TextPart[] {
  const parts = readUserParts(message, param);
  if (!parts.every((part): part is TextPart => part.type === 'text')) throw invalid(`${param}.content`, 'must be text');
  return parts;
}

/** A mark on the message itself belongs to its last part. */
function readUserParts(message: Found, param: string): UserMessage['parts'] {
  const content = member(message, 'content');
  const parts = partsOf(content, `${param}.content`);
  const mark = readCacheMark(message);
  const last = parts.at(-1);
  return mark === undefined || !last || last.type === 'audio' ? parts : [...parts.slice(0, -1), { cache: mark, ...last }];
}

function partsOf(content: unknown, param: string): UserMessage['parts'] {
  if (content === null) return [];
  if (typeof content === 'string') return [{ type: 'text', text: content }];
  return expectList(content, param).map((part, index) => readUserPart(expectObject(part, `${param}[${index}]`), `${param}[${index}]`));
}

function readAssistant(message: Found, param: string, names: Map<string, string>): AssistantMessage {
  checkSpoken(message, param);
  const parts = readSpoken(message);
  for (const part of parts) if (part.type === 'tool-call') names.set(part.id, part.name);
  const mark = readCacheMark(message);
  const last = parts.at(-1);
  if (mark !== undefined && last?.type === 'text') last.cache ??= mark;
  return { role: 'assistant', parts, ...onlySet({ name: optionalText(message, 'name', `${param}.name`) }) };
}

/** Reading what a model said is lenient, because answers are read so, too; a request is the caller's to get right. */
function checkSpoken(message: Found, param: string): void {
  if (member(message, 'function_call') !== null) throw invalid(`${param}.function_call`, 'is the old way to call functions, which this model cannot be told; use "tool_calls"');
  if (member(message, 'audio') !== null) throw untranslatable(`${param}.audio`, 'An earlier spoken answer');
  const content = member(message, 'content');
  if (content !== null && typeof content !== 'string') {
    for (const part of expectList(content, `${param}.content`)) expectText(member(expectObject(part, `${param}.content`), 'type'), `${param}.content.type`);
  }
  if (member(message, 'tool_calls') === null) return;
  for (const [index, value] of expectList(member(message, 'tool_calls'), `${param}.tool_calls`).entries()) {
    const path = `${param}.tool_calls[${index}]`;
    const call = expectObject(value, path);
    if ((member(call, 'type') ?? 'function') !== 'function') throw untranslatable(path, 'A call of a tool that is no function');
    expectText(member(call, 'id'), `${path}.id`);
    expectText(member(expectObject(member(call, 'function'), `${path}.function`), 'name'), `${path}.function.name`);
  }
}

function readResult(message: Found, param: string, names: ReadonlyMap<string, string>): ToolResult {
  const id = expectText(member(message, 'tool_call_id'), `${param}.tool_call_id`);
  const parts = partsOf(member(message, 'content'), `${param}.content`);
  if (!parts.every((part) => part.type !== 'audio')) throw invalid(`${param}.content`, 'must be text, images or files');
  return { id, name: names.get(id) ?? null, parts, ...onlySet({ cache: readCacheMark(message) }) };
}
