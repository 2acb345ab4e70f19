import { AppError } from '@byok/kernel';
import type { AssistantMessage, ChatRequest, Message, ToolCallPart, ToolResult } from '../chat-form.js';
import { modelFamily } from './model-family.js';
import type { GeminiContent, GeminiPart } from './wire.js';
import { writeCall, writeThought } from './write-answer.js';
import { writeMedia } from './write-media.js';
import { writeResult } from './write-result.js';

/** Stands where a signature has to be and a model of another provider made the call. */
const FOREIGN_CALL = 'skip_thought_signature_validator';

export interface Writing {
  /** Google's cloud takes no ids of calls. */
  sendsIds: boolean;
  /** Results may hold media. */
  hasMediaInResults: boolean;
  signsCalls: boolean;
}

/** The conversation as `contents` and `systemInstruction`. @throws AppError invalid_request for a history that no model can have had */
export function writeContents({ messages, model }: ChatRequest, sendsIds: boolean): { contents: GeminiContent[]; systemInstruction?: { parts: GeminiPart[] } } {
  const { signsCalls, hasSystemInstruction } = modelFamily(model);
  const writing = { sendsIds, signsCalls, hasMediaInResults: signsCalls };
  const contents = merged(messages.map((message) => writeTurn(message, messages, writing)));
  const system = messages.flatMap((message) => (message.role === 'system' ? message.parts.map(({ text }) => ({ text })) : []));
  if (system.length === 0) return { contents };
  // A conversation has to begin with the user; and some models read no instruction beside it.
  if (hasSystemInstruction && contents.length > 0) return { contents, systemInstruction: { parts: system } };
  return { contents: merged([{ role: 'user', parts: system }, ...contents]) };
}

function writeTurn(message: Message, messages: readonly Message[], writing: Writing): GeminiContent {
  switch (message.role) {
    case 'system':
      return { role: 'user', parts: [] };
    case 'user':
      return { role: 'user', parts: message.parts.flatMap((part) => (part.type !== 'text' ? [writeMedia(part)] : part.text === '' ? [] : [{ text: part.text }])) };
    case 'tool':
      return { role: 'user', parts: message.results.flatMap((result) => writeResult(result, nameOf(result, messages), writing)) };
    case 'assistant':
      return { role: 'model', parts: writeAnswerParts(message, writing) };
  }
}

function nameOf(result: ToolResult, messages: readonly Message[]): string {
  if (result.name !== null) return result.name;
  const calls = messages.flatMap((message) => (message.role === 'assistant' ? message.parts.filter((part) => part.type === 'tool-call') : []));
  const call = calls.findLast(({ id }) => id === result.id);
  if (call) return call.name;
  throw new AppError('invalid_request', 'A tool result answers a call that is not in the messages.', { details: { param: 'messages' } });
}

function writeAnswerParts({ parts }: AssistantMessage, { sendsIds, signsCalls }: Writing): GeminiPart[] {
  // Of calls made at the same time only the first carries a signature.
  let isSigned = !signsCalls;
  return parts.flatMap((part): GeminiPart[] => {
    switch (part.type) {
      case 'text':
      case 'refusal':
        return part.text === '' ? [] : [{ text: part.text }];
      case 'reasoning':
        // Whose proof it is cannot be told, and a wrong one is an error; the text is welcome without.
        return part.text === '' ? [] : [writeThought(part.text, undefined)];
      case 'tool-call': {
        const signature = part.signature ?? (isSigned ? undefined : FOREIGN_CALL);
        isSigned ||= signature !== undefined;
        return [writeHistoricCall(part, signature, sendsIds)];
      }
    }
  });
}

function writeHistoricCall({ id, name, arguments: text }: ToolCallPart, signature: string | undefined, sendsIds: boolean): GeminiPart {
  const part = writeCall({ id, name, arguments: text, ...(signature === undefined ? {} : { signature }) });
  if (!part?.functionCall) throw new AppError('invalid_request', 'The arguments of a tool call in the messages are not a JSON object.', { details: { param: 'messages' } });
  if (!sendsIds) delete part.functionCall.id;
  return part;
}

/** Neighbours of the same side are one turn; empty turns are none. */
function merged(turns: readonly GeminiContent[]): GeminiContent[] {
  const contents: GeminiContent[] = [];
  for (const { role, parts } of turns) {
    const before = contents.at(-1);
    if (parts.length === 0) continue;
    if (before?.role === role) before.parts.push(...parts);
    else contents.push({ role, parts: [...parts] });
  }
  return contents;
}
