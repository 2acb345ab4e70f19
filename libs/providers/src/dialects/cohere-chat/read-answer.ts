import { AppError } from '@byok/kernel';
import type { ChatAnswer } from '../answer-form.js';
import type { AnswerPart, ChatRequest } from '../chat-form.js';
import { inner } from '../count.js';
import { asObject, objectsAt, textAt } from '../members.js';
import type { Found } from '../../find-usage.js';
import type { Provider } from '../../provider.js';
import { finishReason } from './finish-reason.js';
import { logprobOf } from './logprobs.js';
import { metersOfCohere } from './usage.js';

export function readAnswer(body: unknown, _provider: Provider, request: ChatRequest): ChatAnswer {
  const answer = asObject(body);
  const message = answer && inner(answer, 'message');
  if (!answer || !message) throw new AppError('upstream_error', "The provider's answer is not one of Cohere's chat.");
  const usage = inner(answer, 'usage');
  const logprobs = objectsAt(answer, 'logprobs');
  return {
    id: textAt(answer, 'id') ?? '',
    model: request.model,
    createdAt: null,
    choices: [
      {
        index: 0,
        parts: partsOf(message),
        finish: finishReason(textAt(answer, 'finish_reason')),
        ...(logprobs.length === 0 ? {} : { logprobs: { content: logprobs.map(logprobOf) } }),
      },
    ],
    meters: usage && metersOfCohere(usage),
    vendor: vendorOf(objectsAt(message, 'citations'), usage),
  };
}

/** What only Cohere tells, under its own names. */
export function vendorOf(citations: readonly Found[], usage: Found | null): Record<string, unknown> {
  const billed = usage && inner(usage, 'billed_units');
  return { ...(citations.length === 0 ? {} : { citations }), ...(billed ? { billed_units: billed } : {}) };
}

function partsOf(message: Found): AnswerPart[] {
  const plan = textAt(message, 'tool_plan') ?? '';
  return [...(plan === '' ? [] : [{ type: 'reasoning', text: plan } as const]), ...contentParts(message), ...objectsAt(message, 'tool_calls').map(toolCall)];
}

function contentParts(message: Found): AnswerPart[] {
  const text = textAt(message, 'content');
  if (text !== null) return text === '' ? [] : [{ type: 'text', text }];
  return objectsAt(message, 'content').flatMap((block): AnswerPart[] => {
    const said = textAt(block, 'text');
    const thought = textAt(block, 'thinking');
    if (said !== null && said !== '') return [{ type: 'text', text: said }];
    return thought !== null && thought !== '' ? [{ type: 'reasoning', text: thought }] : [];
  });
}

function toolCall(call: Found): AnswerPart {
  const told = inner(call, 'function') ?? {};
  return { type: 'tool-call', id: textAt(call, 'id') ?? '', name: textAt(told, 'name') ?? '', arguments: argumentsOf(textAt(told, 'arguments')) };
}

/** A call without arguments is written as nothing or as "null". */
export function argumentsOf(text: string | null): string {
  return text === null || text.trim() === '' || text.trim() === 'null' ? '{}' : text;
}
