import type { AnswerPart, AssistantMessage, FilePart, ImagePart, Message, TextPart, ToolMessage, UserMessage } from '../chat-form.js';
import { onlySet } from '../only-set.js';
import type { ResponsesWire } from '../../responses-wire.js';
import { writeSource } from './read-source.js';

/** The conversation as items; system messages at its beginning become the instructions, where anything comes after them. */
export function writeInput(messages: readonly Message[], wire: ResponsesWire | undefined): { instructions?: string; input: object[] } {
  const leading = messages.findIndex((message) => message.role !== 'system');
  if (leading <= 0) return { input: itemsOf(messages, wire) };
  const instructions = messages.slice(0, leading).map((message) => textOf(message.role === 'system' ? message.parts : []));
  return { instructions: instructions.join('\n\n'), input: itemsOf(messages.slice(leading), wire) };
}

function itemsOf(messages: readonly Message[], wire: ResponsesWire | undefined): object[] {
  return messages.flatMap((message) => {
    if (message.role === 'system') return [{ type: 'message', role: 'system', content: textOf(message.parts) }];
    if (message.role === 'user') return [writeUser(message)];
    return message.role === 'tool' ? writeResults(message) : writeAssistant(message, wire);
  });
}

function textOf(parts: readonly TextPart[]): string {
  return parts.map(({ text }) => text).join('\n\n');
}

function writeUser({ parts }: UserMessage): object {
  const [only, ...others] = parts;
  return { type: 'message', role: 'user', content: only?.type === 'text' && others.length === 0 ? only.text : parts.flatMap(writeContent) };
}

/** Sound is refused by the rules before it comes here. */
function writeContent(part: UserMessage['parts'][number]): object[] {
  if (part.type === 'text') return [{ type: 'input_text', text: part.text }];
  if (part.type === 'audio') return [];
  return [part.type === 'image' ? writeImage(part) : writeFile(part)];
}

function writeImage({ source, detail }: ImagePart): object {
  return { type: 'input_image', image_url: writeSource(source), ...onlySet({ detail }) };
}

/** Data needs a name. */
function writeFile({ source, name }: FilePart): object {
  if (source.kind === 'id') return { type: 'input_file', file_id: source.id };
  if (source.kind === 'url') return { type: 'input_file', file_url: source.url };
  return { type: 'input_file', filename: name ?? 'file', file_data: writeSource(source) };
}

function writeResults({ results }: ToolMessage): object[] {
  return results.map(({ id, parts }) => ({ type: 'function_call_output', call_id: id, output: parts.every((part) => part.type === 'text') ? textOf(parts) : parts.flatMap(writeContent) }));
}

function writeAssistant({ parts }: AssistantMessage, wire: ResponsesWire | undefined): object[] {
  return parts.flatMap((part) => writeSpoken(part, wire));
}

/** Only sealed reasoning can go back: in the open it would be nothing that this API made. */
function writeSpoken(part: AnswerPart, wire: ResponsesWire | undefined): object[] {
  switch (part.type) {
    case 'text':
      return part.text === '' ? [] : [{ type: 'message', role: 'assistant', content: part.text }];
    case 'refusal':
      return [{ type: 'message', role: 'assistant', content: [{ type: 'refusal', refusal: part.text }] }];
    case 'reasoning':
      return part.isSealed && part.signature !== undefined
        ? [{ type: 'reasoning', summary: part.text === '' ? [] : [{ type: 'summary_text', text: part.text }], encrypted_content: part.signature }]
        : [];
    case 'tool-call':
      return [{ type: 'function_call', call_id: part.id, name: part.name, arguments: part.arguments, ...(wire?.signsCalls ? onlySet({ thought_signature: part.signature }) : {}) }];
  }
}
