import { AppError } from '@byok/kernel';
import type { ChatAnswer, Choice } from '../answer-form.js';
import { metersOfAnthropic } from '../anthropic-usage.js';
import type { AnswerPart, ChatRequest } from '../chat-form.js';
import { inner } from '../count.js';
import { asObject, objectsAt, textAt } from '../members.js';
import type { Provider } from '../../provider.js';
import { jsonMeans } from './json-answer.js';
import { finishOf } from './stop-reason.js';

type Found = Record<string, unknown>;

/** @throws AppError upstream_error */
export function readAnswer(body: unknown, _provider: Provider, request: ChatRequest): ChatAnswer {
  const message = asObject(body);
  if (!message || !Array.isArray(message['content'])) throw new AppError('upstream_error', whatItIs(message));
  const blocks = objectsAt(message, 'content');
  const means = jsonMeans(request);
  const answerTool = means.by === 'tool' ? means.name : null;
  const usage = inner(message, 'usage');
  const citations = blocks.flatMap((block) => (Array.isArray(block['citations']) ? (block['citations'] as unknown[]) : []));
  return {
    id: textAt(message, 'id') ?? '',
    model: textAt(message, 'model') ?? request.model,
    createdAt: null,
    choices: [choiceOf(message, blocks, answerTool)],
    meters: usage ? metersOfAnthropic(usage) : null,
    vendor: citations.length > 0 ? { citations } : {},
  };
}

function whatItIs(message: Found | null): string {
  return message?.['type'] === 'error' ? 'The provider answered with an error in place of a message.' : 'The provider answered with something that is no message.';
}

function choiceOf(message: Found, blocks: Found[], answerTool: string | null): Choice {
  const parts: AnswerPart[] = [];
  let isJson = false;
  for (const block of blocks) {
    if (answerTool !== null && isCallOf(block, answerTool)) {
      if (isJson) continue;
      isJson = true;
      dropPreface(parts);
      parts.push({ type: 'text', text: JSON.stringify(block['input'] ?? {}) });
    } else if (!isJson || block['type'] !== 'text') parts.push(...partsOf(block));
  }
  const stopSequence = textAt(message, 'stop_sequence');
  const finish = finishOf(message['stop_reason']);
  return { index: 0, parts, finish: isJson && finish === 'tool-calls' ? 'stop' : finish, ...(stopSequence === null ? {} : { stopSequence }) };
}

function isCallOf(block: Found, tool: string): boolean {
  return block['type'] === 'tool_use' && block['name'] === tool;
}

/** What a model says before it gives an answer in JSON is no part of that answer. */
function dropPreface(parts: AnswerPart[]): void {
  const from = parts.findLastIndex((part) => part.type === 'tool-call') + 1;
  parts.push(...parts.splice(from).filter((part) => part.type !== 'text'));
}

function partsOf(block: Found): AnswerPart[] {
  switch (block['type']) {
    case 'text':
      return [{ type: 'text', text: textAt(block, 'text') ?? '' }];
    case 'thinking': {
      const signature = textAt(block, 'signature') ?? '';
      return [{ type: 'reasoning', text: textAt(block, 'thinking') ?? '', ...(signature === '' ? {} : { signature }) }];
    }
    case 'redacted_thinking':
      return [{ type: 'reasoning', text: '', signature: textAt(block, 'data') ?? '', isSealed: true }];
    case 'tool_use':
      return [{ type: 'tool-call', id: textAt(block, 'id') ?? '', name: textAt(block, 'name') ?? '', arguments: JSON.stringify(block['input'] ?? {}) }];
    default:
      // Tools that ran at the provider; nobody else could use what they left.
      return [];
  }
}
