import { AppError } from '@byok/kernel';
import type { ChatAnswer } from '../answer-form.js';
import { metersOfBedrock } from '../bedrock-usage.js';
import type { AnswerPart, ChatRequest } from '../chat-form.js';
import { asObject, objectsAt, textAt } from '../members.js';
import type { Found } from '../../find-usage.js';
import { WRAPPED, answerTool } from './answer-tool.js';
import type { AnswerTool } from './answer-tool.js';
import { finishReason, stopSequenceIn } from './finish-reason.js';
import { toolNames } from './tool-names.js';
import type { ToolNames } from './tool-names.js';

/** @throws AppError upstream_error when it is no answer of Converse's */
export function readAnswer(body: unknown, request: ChatRequest): ChatAnswer {
  const answer = asObject(body);
  const message = asObject(asObject(answer?.['output'])?.['message']);
  if (!answer || !message || !Array.isArray(message['content'])) throw new AppError('upstream_error', 'AWS Bedrock answered with something that is no answer of its Converse API.');
  const names = toolNames(request);
  const blocks = objectsAt(message, 'content');
  const parts = partsOf(blocks, names, answerTool(request, names));
  const usage = asObject(answer['usage']);
  return {
    id: '',
    model: request.model,
    createdAt: null,
    choices: [{ index: 0, parts, finish: finishReason(textAt(answer, 'stopReason'), parts.some((part) => part.type === 'tool-call')), ...stopSequenceIn(answer) }],
    meters: usage && metersOfBedrock(usage),
    vendor: vendorOf(answer, blocks),
  };
}

function partsOf(blocks: Found[], names: ToolNames, answer: AnswerTool | null): AnswerPart[] {
  const answering = answer ? blocks.find((block) => textAt(asObject(block['toolUse']) ?? {}, 'name') === answer.name) : undefined;
  return blocks.flatMap((block): AnswerPart[] => {
    const text = textAt(block, 'text');
    if (text !== null) return text === '' ? [] : [{ type: 'text', text }];
    const toolUse = asObject(block['toolUse']);
    if (toolUse) return answer && textAt(toolUse, 'name') === answer.name ? answerPart(toolUse, answer, block === answering) : toolPart(toolUse, names);
    const reasoning = asObject(block['reasoningContent']);
    if (reasoning) return reasoningPart(reasoning);
    const cited = asObject(block['citationsContent']);
    return cited ? objectsAt(cited, 'content').flatMap((piece) => (textAt(piece, 'text') ? [{ type: 'text' as const, text: textAt(piece, 'text')! }] : [])) : [];
  });
}

function toolPart(toolUse: Found, names: ToolNames): AnswerPart[] {
  // A tool of the provider's own, which it has called itself.
  if (textAt(toolUse, 'type') === 'server_tool_use') return [];
  return [{ type: 'tool-call', id: textAt(toolUse, 'toolUseId') ?? '', name: names.fromWire(textAt(toolUse, 'name') ?? ''), arguments: JSON.stringify(asObject(toolUse['input']) ?? {}) }];
}

/** A model that answers twice has answered with the first. */
function answerPart(toolUse: Found, answer: AnswerTool, isFirst: boolean): AnswerPart[] {
  return isFirst ? [{ type: 'text', text: unwrapped(asObject(toolUse['input']) ?? {}, answer) }] : [];
}

/** The answer as JSON text. A model that forgot to wrap it has given it all the same. */
export function unwrapped(input: Found, { isWrapped }: AnswerTool): string {
  return JSON.stringify(isWrapped && Object.hasOwn(input, WRAPPED) ? input[WRAPPED] : input);
}

function reasoningPart(reasoning: Found): AnswerPart[] {
  const sealed = textAt(reasoning, 'redactedContent');
  if (sealed !== null) return [{ type: 'reasoning', text: '', signature: sealed, isSealed: true }];
  const readable = asObject(reasoning['reasoningText']);
  if (!readable) return [];
  const signature = textAt(readable, 'signature');
  return [{ type: 'reasoning', text: textAt(readable, 'text') ?? '', ...(signature === null ? {} : { signature }) }];
}

function vendorOf(answer: Found, blocks: Found[]): Record<string, unknown> {
  const citations = blocks.flatMap((block) => objectsAt(asObject(block['citationsContent']) ?? {}, 'citations'));
  const trace = asObject(answer['trace']);
  return { ...(citations.length > 0 ? { citations } : {}), ...(trace ? { trace } : {}) };
}
