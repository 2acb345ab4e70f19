import type { ChatAnswer, Choice } from '../answer-form.js';
import type { AnswerPart, ReasoningPart } from '../chat-form.js';
import type { AnswerContext } from '../dialect.js';
import { stopReasonOf } from './stop-reason.js';
import { toolInput } from './tool-input.js';
import type { AssistantBlock } from './wire.js';
import { writeUsage } from './write-usage.js';

/** A Message object. It can hold one choice; others are left out. */
export function writeAnswer(answer: ChatAnswer, about: AnswerContext): object {
  const choice = answer.choices.find(({ index }) => index === 0) ?? NOTHING_SAID;
  return {
    id: messageId(answer.id, about),
    type: 'message',
    role: 'assistant',
    model: answer.model || about.request.model,
    content: choice.parts.flatMap(blocksOf),
    stop_reason: stopReasonOf(choice),
    stop_sequence: choice.stopSequence ?? null,
    usage: writeUsage(answer.meters),
  };
}

const NOTHING_SAID: Choice = { index: 0, parts: [], finish: 'stop' };

/** The provider's own id where it looks like one of this dialect, else one made of the request's. */
export function messageId(id: string, about: AnswerContext): string {
  return /^msg_[A-Za-z0-9_-]{1,200}$/.test(id) ? id : `msg_${about.requestId.replace(/^req_/, '')}`;
}

function blocksOf(part: AnswerPart): AssistantBlock[] {
  switch (part.type) {
    case 'text':
    case 'refusal':
      return part.text === '' ? [] : [{ type: 'text', text: part.text }];
    case 'reasoning':
      return thinkingBlocks(part);
    case 'tool-call':
      return [{ type: 'tool_use', id: part.id, name: part.name, input: toolInput(part.arguments) }];
  }
}

/** The official client wants a signature in every case; an empty one is none. A summary beside sealed thinking is a block of its own. */
function thinkingBlocks({ text, signature = '', isSealed = false }: ReasoningPart): AssistantBlock[] {
  if (!isSealed) return text === '' && signature === '' ? [] : [{ type: 'thinking', thinking: text, signature }];
  return [...(text === '' ? [] : [{ type: 'thinking', thinking: text, signature: '' } as const]), { type: 'redacted_thinking', data: signature }];
}
