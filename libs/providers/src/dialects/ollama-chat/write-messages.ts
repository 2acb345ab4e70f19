import { AppError } from '@byok/kernel';
import type { AssistantMessage, Message, ToolCallPart, ToolResult, UserMessage } from '../chat-form.js';
import { parseObject } from '../members.js';

export function writeMessages(messages: readonly Message[]): object[] {
  return messages.flatMap((message) => {
    switch (message.role) {
      case 'system':
        return [{ role: 'system', content: joined(message.parts) }];
      case 'user':
        return [{ role: 'user', ...contentOf(message.parts) }];
      case 'assistant':
        return [writeAssistant(message)];
      case 'tool':
        return message.results.map(writeResult);
    }
  });
}

/** Text is one string, and images stand beside it, as plain base64. */
function contentOf(parts: UserMessage['parts'] | ToolResult['parts']): object {
  const images = parts.flatMap((part) => {
    if (part.type === 'text') return [];
    if (part.type === 'image' && part.source.kind === 'base64') return [part.source.data];
    throw new AppError('param_not_supported', 'Ollama can be given text and inline images only.', { details: { param: 'messages' } });
  });
  return { content: joined(parts), ...(images.length === 0 ? {} : { images }) };
}

function writeAssistant({ parts }: AssistantMessage): object {
  const calls = parts.filter((part) => part.type === 'tool-call');
  // What another provider signed or sealed is no text for this one.
  const thought = joined(parts.filter((part) => part.type === 'reasoning' && part.signature === undefined));
  return {
    role: 'assistant',
    content: joined(parts.filter((part) => part.type === 'text' || part.type === 'refusal')),
    ...(thought === '' ? {} : { thinking: thought }),
    ...(calls.length === 0 ? {} : { tool_calls: calls.map(writeCall) }),
  };
}

function writeCall({ id, name, arguments: written }: ToolCallPart): object {
  const given = written.trim() === '' ? {} : parseObject(written);
  if (!given) throw new AppError('invalid_request', `The arguments of the tool call "${name}" are not a JSON object.`, { details: { param: 'messages' } });
  return { id, function: { name, arguments: given } };
}

function writeResult({ id, name, parts }: ToolResult): object {
  return { role: 'tool', ...contentOf(parts), ...(name === null ? {} : { tool_name: name }), tool_call_id: id };
}

function joined(parts: readonly { type: string; text?: string }[]): string {
  return parts.map(({ text }) => text ?? '').join('');
}
