import { AppError } from '@byok/kernel';
import type { AssistantMessage, ImagePart, Message, ToolResult, UserMessage } from '../chat-form.js';

export function writeMessages(messages: readonly Message[]): object[] {
  return messages.flatMap((message) => {
    switch (message.role) {
      case 'system':
        return [{ role: 'system', content: joined(message.parts) }];
      case 'user':
        return [{ role: 'user', content: userContent(message) }];
      case 'assistant':
        return [writeAssistant(message)];
      case 'tool':
        return message.results.map(writeResult);
    }
  });
}

function userContent({ parts }: UserMessage): string | object[] {
  if (parts.every((part) => part.type === 'text')) return joined(parts);
  return parts.map((part) => {
    if (part.type === 'text') return { type: 'text', text: part.text };
    if (part.type === 'image') return { type: 'image_url', image_url: imageUrl(part) };
    throw cannotBeSent(part.type);
  });
}

function imageUrl({ source, detail }: ImagePart): object {
  const url = source.kind === 'url' ? source.url : `data:${source.mediaType};base64,${source.data}`;
  return { url, ...(detail === undefined ? {} : { detail }) };
}

/** What was thought before a tool call is Cohere's "tool plan"; before a plain answer it is a thinking block. What others sealed is theirs. */
function writeAssistant({ parts }: AssistantMessage): object {
  const calls = parts.filter((part) => part.type === 'tool-call');
  const said = joined(parts.filter((part) => part.type === 'text' || part.type === 'refusal'));
  const thought = joined(parts.filter((part) => part.type === 'reasoning' && part.signature === undefined));
  if (calls.length === 0) {
    const content = thought === '' ? said : [{ type: 'thinking', thinking: thought }, ...(said === '' ? [] : [{ type: 'text', text: said }])];
    return { role: 'assistant', content };
  }
  return {
    role: 'assistant',
    ...(thought === '' ? {} : { tool_plan: thought }),
    ...(said === '' ? {} : { content: said }),
    tool_calls: calls.map((call) => ({ id: call.id, type: 'function', function: { name: call.name, arguments: call.arguments } })),
  };
}

function writeResult({ id, parts }: ToolResult): object {
  const other = parts.find((part) => part.type !== 'text');
  if (other) throw cannotBeSent(other.type);
  return { role: 'tool', tool_call_id: id, content: joined(parts) };
}

function cannotBeSent(type: string): AppError {
  return new AppError('param_not_supported', `Cohere cannot be given content of type "${type}" in this place.`, { details: { param: 'messages' } });
}

function joined(parts: readonly { type: string; text?: string }[]): string {
  return parts.map(({ text }) => text ?? '').join('');
}
