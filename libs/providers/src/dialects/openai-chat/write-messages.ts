import type { ChatWire } from '../../chat-wire.js';
import type { Message, SystemMessage, ToolMessage, UserMessage } from '../chat-form.js';
import { onlySet } from '../only-set.js';
import { shortCallId } from './short-call-id.js';
import { writeAssistant } from './write-assistant.js';
import { writeCacheMark } from './write-cache-mark.js';
import { writeContent } from './write-content.js';

/** How messages are written for a provider. */
export interface MessageStyle {
  wire: ChatWire;
  /** Cache marks are sent. */
  hasMarks: boolean;
  /** A sentence of ours for the model. */
  instruction?: string | undefined;
}

export function writeMessages(messages: readonly Message[], style: MessageStyle): object[] {
  const all = style.instruction === undefined ? messages : withInstruction(messages, style.instruction);
  const written = all.flatMap((message) => writeMessage(message, style));
  const last = all.at(-1);
  return style.wire.marksPrefix && last?.role === 'assistant' ? [...written.slice(0, -1), { ...written.at(-1), prefix: true }] : written;
}

/** In the first system message, because some providers take only one. */
function withInstruction(messages: readonly Message[], instruction: string): Message[] {
  const at = messages.findIndex((message) => message.role === 'system');
  const system = messages[at] as SystemMessage | undefined;
  if (!system) return [{ role: 'system', parts: [{ type: 'text', text: instruction }] }, ...messages];
  return messages.with(at, { role: 'system', parts: [...system.parts, { type: 'text', text: instruction }] });
}

function writeMessage(message: Message, style: MessageStyle): object[] {
  switch (message.role) {
    case 'system':
      return [{ role: style.wire.systemRole ?? 'system', content: writeContent(message.parts, style) }];
    case 'user':
      return [writeUser(message, style)];
    case 'assistant':
      return [writeAssistant(message, style)];
    case 'tool':
      return writeResults(message, style);
  }
}

function writeUser({ parts, name }: UserMessage, style: MessageStyle): object {
  return { role: 'user', content: writeContent(parts, style), ...onlySet({ name }) };
}

/** A tool message holds text alone; what else a tool gave back follows as if the user had shown it. */
function writeResults({ results }: ToolMessage, style: MessageStyle): object[] {
  const shown = results.flatMap(({ id, name, parts }): UserMessage['parts'] => {
    const seen = parts.filter((part) => part.type !== 'text');
    return seen.length === 0 ? [] : [{ type: 'text', text: `Shown by the tool ${name ?? id}:` }, ...seen];
  });
  const written = results.map(({ id, parts, cache }) => ({
    role: 'tool',
    tool_call_id: style.wire.hasShortCallIds ? shortCallId(id) : id,
    content: writeContent(parts.filter((part) => part.type === 'text'), style),
    ...writeCacheMark(cache, style.hasMarks),
  }));
  return shown.length === 0 ? written : [...written, writeUser({ role: 'user', parts: shown }, style)];
}
