import type { ChatAnswer, FinishReason } from '../dialects/answer-form.js';
import type { AnswerPart, Message, ToolCallPart } from '../dialects/chat-form.js';
import { listOf, piecesOf, sse, textOf } from './pretend-provider.js';
import type { PretendProvider } from './pretend-provider.js';

const FINISH: Partial<Record<FinishReason, string>> = { stop: 'COMPLETE', length: 'MAX_TOKENS', 'tool-calls': 'TOOL_CALL' };

interface WireCall {
  id: string;
  function: { name: string; arguments: string };
}

export const pretendCohere: PretendProvider = {
  hear: ({ messages, tools }) => ({ messages: listOf(messages).map(heard), tools: (listOf(tools) as { function: { name: string } }[]).map((tool) => tool.function.name) }),
  answer: (answer) => {
    const choice = answer.choices[0]!;
    const text = textOf(choice);
    return { id: answer.id, finish_reason: FINISH[choice.finish], message: { role: 'assistant', content: text === '' ? [] : [{ type: 'text', text }], tool_calls: callsOf(choice.parts) }, usage: usageOf(answer) };
  },
  stream: (answer) => {
    const choice = answer.choices[0]!;
    const told = (type: string, more: object = {}): [string, string] => [type, JSON.stringify({ type, ...more })];
    const message = (each: object): object => ({ delta: { message: each } });
    const text = piecesOf(textOf(choice)).map((piece) => told('content-delta', { index: 0, ...message({ content: { text: piece } }) }));
    const calls = callsOf(choice.parts).flatMap(({ id, function: { name, arguments: written } }, index) => [
      told('tool-call-start', { index, ...message({ tool_calls: { id, type: 'function', function: { name, arguments: '' } } }) }),
      ...piecesOf(written).map((piece) => told('tool-call-delta', { index, ...message({ tool_calls: { function: { arguments: piece } } }) })),
      told('tool-call-end', { index }),
    ]);
    const start = told('message-start', { id: answer.id, ...message({ role: 'assistant' }) });
    const content = text.length === 0 ? [] : [told('content-start', { index: 0, ...message({ content: { type: 'text', text: '' } }) }), ...text, told('content-end', { index: 0 })];
    return sse([start, ...content, ...calls, told('message-end', { delta: { finish_reason: FINISH[choice.finish], usage: usageOf(answer) } })]);
  },
};

function heard(message: Record<string, unknown>): Message {
  const text = [{ type: 'text' as const, text: (message['content'] ?? '') as string }];
  switch (message['role']) {
    case 'tool':
      return { role: 'tool', results: [{ id: message['tool_call_id'] as string, name: null, parts: text }] };
    case 'assistant':
      return { role: 'assistant', parts: [...text, ...(listOf(message['tool_calls']) as unknown as WireCall[]).map((call): ToolCallPart => ({ type: 'tool-call', id: call.id, ...call.function }))] };
    default:
      return { role: message['role'] as 'user' | 'system', parts: text };
  }
}

function callsOf(parts: readonly AnswerPart[]): (WireCall & { type: 'function' })[] {
  return parts.flatMap((part) => (part.type === 'tool-call' ? [{ id: part.id, type: 'function' as const, function: { name: part.name, arguments: part.arguments } }] : []));
}

function usageOf({ meters }: ChatAnswer): object {
  return { billed_units: { input_tokens: 1, output_tokens: 1 }, tokens: { input_tokens: meters!.inputUncached, output_tokens: meters!.output } };
}
