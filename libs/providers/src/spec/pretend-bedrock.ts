import type { ChatAnswer, FinishReason } from '../dialects/answer-form.js';
import { framesOf } from '../dialects/bedrock-converse/frames.builder.js';
import type { Told } from '../dialects/bedrock-converse/frames.builder.js';
import type { ConverseBlock, ConverseBody } from '../dialects/bedrock-converse/wire.js';
import type { AnswerPart, Message, ToolResult } from '../dialects/chat-form.js';
import { piecesOf } from './pretend-provider.js';
import type { PretendProvider } from './pretend-provider.js';

const STOP: Partial<Record<FinishReason, string>> = { stop: 'end_turn', length: 'max_tokens', 'tool-calls': 'tool_use' };

export const pretendBedrock: PretendProvider = {
  hear: (written) => {
    const { system = [], messages, toolConfig } = written as unknown as ConverseBody;
    const first: Message[] = system.length === 0 ? [] : [{ role: 'system', parts: system.flatMap((block) => ('text' in block ? [{ type: 'text' as const, text: block.text }] : [])) }];
    return {
      messages: [...first, ...messages.flatMap(({ role, content }) => (role === 'assistant' ? [{ role, parts: said(content) }] : heard(content)))],
      tools: (toolConfig?.tools ?? []).flatMap((tool) => ('toolSpec' in tool ? [tool.toolSpec.name] : [])),
    };
  },
  answer: ({ choices: [choice], meters }) => ({
    output: { message: { role: 'assistant', content: choice!.parts.map(blockOf) } },
    stopReason: STOP[choice!.finish],
    usage: usageOf(meters),
  }),
  stream: (answer) => framesOf(eventsOf(answer)),
};

function said(content: readonly ConverseBlock[]): AnswerPart[] {
  return content.flatMap((block): AnswerPart[] => {
    if ('text' in block) return [{ type: 'text', text: block.text }];
    if (!('toolUse' in block)) return [];
    return [{ type: 'tool-call', id: block.toolUse.toolUseId, name: block.toolUse.name, arguments: JSON.stringify(block.toolUse.input) }];
  });
}

/** Results stand in front of what the user says. */
function heard(content: readonly ConverseBlock[]): Message[] {
  const results = content.flatMap((block): ToolResult[] => ('toolResult' in block ? [{ id: block.toolResult.toolUseId, name: null, parts: block.toolResult.content.flatMap((piece) => ('text' in piece ? [{ type: 'text' as const, text: piece.text }] : [])) }] : []));
  const parts = content.flatMap((block) => ('text' in block ? [{ type: 'text' as const, text: block.text }] : []));
  return [...(results.length === 0 ? [] : [{ role: 'tool' as const, results }]), ...(parts.length === 0 ? [] : [{ role: 'user' as const, parts }])];
}

function blockOf(part: AnswerPart): object {
  if (part.type === 'tool-call') return { toolUse: { toolUseId: part.id, name: part.name, input: JSON.parse(part.arguments) as object } };
  return { text: part.text };
}

function usageOf(meters: ChatAnswer['meters']) {
  return { inputTokens: meters!.inputUncached, outputTokens: meters!.output, totalTokens: meters!.inputUncached + meters!.output };
}

function eventsOf({ choices: [choice], meters }: ChatAnswer): Told[] {
  const blocks = choice!.parts.flatMap((part, contentBlockIndex): Told[] => {
    const delta = (each: object): Told => ['contentBlockDelta', { contentBlockIndex, delta: each }];
    const stop: Told = ['contentBlockStop', { contentBlockIndex }];
    if (part.type !== 'tool-call') return [...piecesOf(part.text).map((text) => delta({ text })), stop];
    return [['contentBlockStart', { contentBlockIndex, start: { toolUse: { toolUseId: part.id, name: part.name } } }], ...piecesOf(part.arguments).map((input) => delta({ toolUse: { input } })), stop];
  });
  return [['messageStart', { role: 'assistant' }], ...blocks, ['messageStop', { stopReason: STOP[choice!.finish] }], ['metadata', { usage: usageOf(meters), metrics: { latencyMs: 1 } }]];
}
