import type { ChatRequest } from '../chat-form.js';
import { claudeTraits, familyOf } from './model-family.js';
import type { ToolNames } from './tool-names.js';
import { isThinking } from './write-reasoning.js';

/** The tool by whose arguments the model gives an answer that must fit a JSON schema. */
export interface AnswerTool {
  name: string;
  description: string;
  schema: object;
  /** The answer is the one member of the arguments: a tool's arguments are an object, and the caller's schema may want something else. */
  isWrapped: boolean;
  /** False where the model refuses to be forced to a tool: then it is told to use it. */
  isForced: boolean;
}

/** The member that holds a wrapped answer. */
export const WRAPPED = 'answer';

/** null when the caller wants no such answer now, or wants a tool of its own to be called first. */
export function answerTool(request: ChatRequest, names: ToolNames): AnswerTool | null {
  const { answerFormat, toolChoice, model } = request;
  if (answerFormat?.type !== 'json-schema' || toolChoice === 'required' || typeof toolChoice === 'object') return null;
  const isWrapped = answerFormat.schema['type'] !== 'object';
  return {
    name: names.free('json_answer'),
    description: answerFormat.description ?? `Gives the answer to the user (${answerFormat.name}).`,
    schema: isWrapped ? { type: 'object', properties: { [WRAPPED]: answerFormat.schema }, required: [WRAPPED] } : answerFormat.schema,
    isWrapped,
    isForced: familyOf(model) !== 'claude' || (claudeTraits(model).takesForcedTools && !isThinking(request)),
  };
}
