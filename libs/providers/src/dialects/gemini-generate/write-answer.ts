import type { ChatAnswer, Choice } from '../answer-form.js';
import type { AnswerPart } from '../chat-form.js';
import type { AnswerContext } from '../dialect.js';
import { parseObject } from '../members.js';
import { writeFinish } from './finish-reasons.js';
import { writeLogprobs } from './logprobs.js';
import type { GeminiPart } from './wire.js';
import { writeUsage } from './write-usage.js';

/** A GenerateContentResponse. */
export function writeAnswer(answer: ChatAnswer, about: AnswerContext): object {
  return {
    candidates: answer.choices.map(writeCandidate),
    ...(answer.meters ? { usageMetadata: writeUsage(answer.meters) } : {}),
    modelVersion: answer.model,
    responseId: answer.id === '' ? about.requestId : answer.id,
  };
}

function writeCandidate({ index, parts, finish, logprobs }: Choice): object {
  const written = parts.flatMap(writePart);
  const content = (logprobs as { content?: unknown } | undefined)?.content;
  return {
    content: { parts: written.filter((part) => part !== null), role: 'model' },
    finishReason: written.includes(null) ? MALFORMED_CALL : writeFinish(finish),
    index,
    ...(Array.isArray(content) ? { logprobsResult: writeLogprobs(content) } : {}),
  };
}

/** What Google says of a call whose arguments are no object. */
export const MALFORMED_CALL = 'MALFORMED_FUNCTION_CALL';

function writePart(part: AnswerPart): (GeminiPart | null)[] {
  switch (part.type) {
    case 'text':
    case 'refusal':
      return [{ text: part.text }];
    case 'reasoning': {
      const { text, signature } = part;
      if (signature === undefined || !part.isSealed) return [writeThought(text, signature)];
      return [...(text === '' ? [] : [writeThought(text, undefined)]), writeSealed(signature)];
    }
    case 'tool-call':
      return [writeCall(part)];
  }
}

export function writeThought(text: string, signature: string | undefined): GeminiPart {
  return { text, thought: true, ...(signature === undefined ? {} : { thoughtSignature: signature }) };
}

/** A sealed thought is a part without text, not even an empty one: that is how it is known when it comes back. */
export function writeSealed(signature: string): GeminiPart {
  return { thought: true, thoughtSignature: signature };
}

/** null when the arguments are not the object they have to be: a model may have been cut in the middle of them. */
export function writeCall(call: { id: string; name: string; arguments: string; signature?: string }): GeminiPart | null {
  const args = call.arguments.trim() === '' ? {} : parseObject(call.arguments);
  if (!args) return null;
  return { functionCall: { id: call.id, name: call.name, args }, ...(call.signature === undefined ? {} : { thoughtSignature: call.signature }) };
}
