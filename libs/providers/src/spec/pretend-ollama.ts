import type { ChatAnswer } from '../dialects/answer-form.js';
import type { Message, ToolCallPart } from '../dialects/chat-form.js';
import { listOf, piecesOf, textOf } from './pretend-provider.js';
import type { PretendProvider } from './pretend-provider.js';

interface WireCall {
  id: string;
  function: { name: string; arguments: object };
}

export const pretendOllama: PretendProvider = {
  hear: ({ messages, tools }) => ({ messages: listOf(messages).map(heard), tools: (listOf(tools) as { function: { name: string } }[]).map((tool) => tool.function.name) }),
  answer: (answer) => ({ ...head(answer), message: { role: 'assistant', content: textOf(answer.choices[0]!), tool_calls: callsOf(answer) }, ...lastWords(answer) }),
  stream: (answer) => {
    const line = (message: object, more: object = { done: false }): string => `${JSON.stringify({ ...head(answer), message: { role: 'assistant', content: '', ...message }, ...more })}\n`;
    const text = piecesOf(textOf(answer.choices[0]!)).map((content) => line({ content }));
    return Buffer.from([...text, ...callsOf(answer).map((call) => line({ tool_calls: [call] })), line({}, lastWords(answer))].join(''));
  },
};

function head({ model }: ChatAnswer): object {
  return { model, created_at: '2026-11-21T12:00:00.123456Z' };
}

function lastWords({ choices: [choice], meters }: ChatAnswer): object {
  return { done: true, done_reason: choice!.finish === 'length' ? 'length' : 'stop', prompt_eval_count: meters!.inputUncached, eval_count: meters!.output };
}

function callsOf({ choices: [choice] }: ChatAnswer): WireCall[] {
  return choice!.parts.flatMap((part) => (part.type === 'tool-call' ? [{ id: part.id, function: { name: part.name, arguments: JSON.parse(part.arguments) as object } }] : []));
}

function heard(message: Record<string, unknown>): Message {
  const text = [{ type: 'text' as const, text: message['content'] as string }];
  switch (message['role']) {
    case 'tool':
      return { role: 'tool', results: [{ id: message['tool_call_id'] as string, name: null, parts: text }] };
    case 'assistant':
      return {
        role: 'assistant',
        parts: [...text, ...(listOf(message['tool_calls']) as unknown as WireCall[]).map((call): ToolCallPart => ({ type: 'tool-call', id: call.id, name: call.function.name, arguments: JSON.stringify(call.function.arguments) }))],
      };
    default:
      return { role: message['role'] as 'user' | 'system', parts: text };
  }
}
