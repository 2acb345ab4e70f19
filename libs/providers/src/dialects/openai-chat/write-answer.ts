import type { ChatAnswer, Choice } from '../answer-form.js';
import type { ReasoningPart, ToolCallPart } from '../chat-form.js';
import type { AnswerContext } from '../dialect.js';
import { asObject } from '../members.js';
import { onlySet } from '../only-set.js';
import { answerHead } from './answer-head.js';
import { finishWord } from './finish-words.js';
import { writeReasoning } from './reasoning-details.js';
import { writeVendor } from './vendor-members.js';
import { writeCall } from './write-call.js';
import { writeUsage } from './write-usage.js';

export function writeAnswer(answer: ChatAnswer, about: AnswerContext): object {
  const { ofAnswer, ofMessage } = writeVendor(answer.vendor);
  return {
    ...answerHead(answer, about, 'chat.completion'),
    choices: answer.choices.map((choice, position) => writeChoice(choice, position === 0 ? ofMessage : {})),
    ...(answer.meters ? { usage: writeUsage(answer.meters) } : {}),
    ...ofAnswer,
  };
}

function writeChoice({ index, parts, finish, stopSequence, logprobs }: Choice, ofMessage: object): object {
  const text = textOf(parts, 'text');
  const refusal = textOf(parts, 'refusal');
  const calls = parts.filter((part): part is ToolCallPart => part.type === 'tool-call');
  return {
    index,
    message: {
      role: 'assistant',
      content: text ?? (calls.length > 0 || refusal !== null ? null : ''),
      refusal,
      ...writeReasoning(parts.filter((part): part is ReasoningPart => part.type === 'reasoning')),
      ...(calls.length === 0 ? {} : { tool_calls: calls.map(writeCall) }),
      ...ofMessage,
    },
    logprobs: writeLogprobs(logprobs),
    finish_reason: finishWord(finish),
    // As vLLM names it.
    ...onlySet({ stop_reason: stopSequence }),
  };
}

function textOf(parts: Choice['parts'], type: 'text' | 'refusal'): string | null {
  const texts = parts.flatMap((part) => (part.type === type ? [part.text] : []));
  return texts.length === 0 ? null : texts.join('');
}

function writeLogprobs(logprobs: unknown): object | null {
  const told = asObject(logprobs);
  return told ? { refusal: null, ...told } : null;
}
