import type { Found } from '../../find-usage.js';
import type { AssistantMessage, Message, ToolMessage } from '../chat-form.js';
import { onlySet } from '../only-set.js';
import { expectList, expectObject, expectText, invalid, member, optionalText } from '../expect.js';
import { readResultContent, readSpokenContent, readSystemContent, readUserContent } from './read-content.js';
import { isReasoningReference, readReasoning } from './read-reasoning.js';
import { onlyAtResponses } from './refuse.js';

/** A string, or a list of items. What the model said in a row of items becomes one message. */
export function readInput(input: unknown): Message[] {
  if (typeof input === 'string') return [{ role: 'user', parts: [{ type: 'text', text: input }] }];
  const conversation = new Conversation();
  expectList(input, 'input').forEach((item, index) => conversation.add(expectObject(item, `input[${index}]`), `input[${index}]`));
  return conversation.messages;
}

class Conversation {
  readonly messages: Message[] = [];
  readonly #names = new Map<string, string>();

  add(item: Found, param: string): void {
    const type = optionalText(item, 'type', `${param}.type`) ?? 'message';
    switch (type) {
      case 'message':
        return this.#addMessage(item, param);
      case 'function_call':
        return this.#addCall(item, param);
      case 'function_call_output':
        return this.#addResult(item, param);
      case 'reasoning': {
        const reasoning = readReasoning(item);
        if (reasoning) this.#assistant().parts.push(reasoning);
        return;
      }
      case 'item_reference':
        if (isReasoningReference(item)) return;
        throw onlyAtResponses(param, 'An item that is named only by its id is kept by nobody here', 'Send the item itself (many clients do with "store": false)');
      default:
        throw onlyAtResponses(`${param}.type`, `An item of the type "${type.slice(0, 64)}" belongs to a tool that only exists at OpenAI`);
    }
  }

  #addMessage(item: Found, param: string): void {
    const role = expectText(member(item, 'role'), `${param}.role`);
    const content = member(item, 'content');
    if (role === 'user') this.messages.push({ role, parts: readUserContent(content, `${param}.content`) });
    else if (role === 'assistant') this.#assistant().parts.push(...readSpokenContent(content, `${param}.content`));
    else if (role === 'system' || role === 'developer') this.messages.push({ role: 'system', parts: readSystemContent(content, `${param}.content`) });
    else throw invalid(`${param}.role`, 'must be user, assistant, system or developer');
  }

  #addCall(item: Found, param: string): void {
    const id = expectText(member(item, 'call_id'), `${param}.call_id`);
    const name = expectText(member(item, 'name'), `${param}.name`);
    const said = expectText(member(item, 'arguments') ?? '', `${param}.arguments`);
    this.#names.set(id, name);
    this.#assistant().parts.push({ type: 'tool-call', id, name, arguments: said.trim() === '' ? '{}' : said, ...onlySet({ signature: optionalText(item, 'thought_signature', `${param}.thought_signature`) }) });
  }

  #addResult(item: Found, param: string): void {
    const id = expectText(member(item, 'call_id'), `${param}.call_id`);
    const last = this.messages.at(-1);
    const message: ToolMessage = last?.role === 'tool' ? last : { role: 'tool', results: [] };
    if (message !== last) this.messages.push(message);
    message.results.push({ id, name: this.#names.get(id) ?? null, parts: readResultContent(member(item, 'output'), `${param}.output`) });
  }

  #assistant(): AssistantMessage {
    const last = this.messages.at(-1);
    if (last?.role === 'assistant') return last;
    const message: AssistantMessage = { role: 'assistant', parts: [] };
    this.messages.push(message);
    return message;
  }
}
