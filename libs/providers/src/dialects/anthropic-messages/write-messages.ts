import type { AnswerPart, AssistantMessage, ChatRequest, Message, ToolMessage, UserMessage } from '../chat-form.js';
import { toolInput } from './tool-input.js';
import type { AssistantBlock, TextBlock, ToolResultBlock, UserBlock, WireMessage } from './wire.js';
import { cacheControl, contentBlock, textBlock } from './write-content.js';

/** Every system message, wherever it stands: the API takes them at the top only. */
export function writeSystem(messages: readonly Message[]): TextBlock[] {
  return messages.flatMap((message) => (message.role === 'system' ? message.parts.flatMap(textBlock) : []));
}

/** Turns that alternate and begin with the user; tool results stand first in theirs. */
export function writeMessages({ messages }: ChatRequest): WireMessage[] {
  const turns: WireMessage[] = [];
  for (const message of messages) {
    if (message.role === 'system') continue;
    const turn = turnOf(message);
    const last = turns.at(-1);
    if (turn.content.length === 0) continue;
    if (last?.role === 'user' && turn.role === 'user') last.content = resultsFirst([...last.content, ...turn.content]);
    else if (last?.role === 'assistant' && turn.role === 'assistant') last.content.push(...turn.content);
    else turns.push(turn);
  }
  if (turns[0]?.role === 'assistant') turns.unshift({ role: 'user', content: [{ type: 'text', text: OPENING }] });
  return turns;
}

/** Stands in for the user where a conversation begins with the assistant, which the API refuses. */
const OPENING = '(The conversation begins.)';

function turnOf(message: UserMessage | AssistantMessage | ToolMessage): WireMessage {
  if (message.role === 'assistant') return { role: 'assistant', content: message.parts.flatMap(assistantBlock) };
  return { role: 'user', content: message.role === 'tool' ? message.results.map(resultBlock) : userBlocks(message) };
}

function userBlocks({ parts }: UserMessage): UserBlock[] {
  return parts.flatMap((part) => (part.type === 'audio' ? [] : contentBlock(part)));
}

function resultsFirst(blocks: UserBlock[]): UserBlock[] {
  return [...blocks.filter(({ type }) => type === 'tool_result'), ...blocks.filter(({ type }) => type !== 'tool_result')];
}

function resultBlock(result: ToolMessage['results'][number]): ToolResultBlock {
  const content = result.parts.flatMap(contentBlock);
  return {
    type: 'tool_result',
    tool_use_id: wireId(result.id),
    ...(content.length > 0 ? { content } : {}),
    ...(result.isError ? { is_error: true } : {}),
    ...cacheControl(result.cache),
  };
}

function assistantBlock(part: AnswerPart): AssistantBlock[] {
  switch (part.type) {
    case 'text':
      return textBlock(part);
    case 'refusal':
      return textBlock({ type: 'text', text: part.text });
    case 'reasoning':
      // Without its proof the API takes no thinking back, and does not need it.
      if (part.signature === undefined || part.signature === '') return [];
      return part.isSealed ? [{ type: 'redacted_thinking', data: part.signature }] : [{ type: 'thinking', thinking: part.text, signature: part.signature }];
    case 'tool-call':
      return [{ type: 'tool_use', id: wireId(part.id), name: part.name, input: toolInput(part.arguments) }];
  }
}

/** Ids of other vendors may hold what is no letter, digit, `_` or `-` and refused here; both ends of a call get the same new one. */
function wireId(id: string): string {
  return /^[A-Za-z0-9_-]+$/.test(id) ? id : `call_${Buffer.from(id).toString('base64url')}`;
}
