import { mustCallTool } from '../anthropic-messages/json-answer.js';
import { modelTraits } from '../anthropic-messages/model-traits.js';
import type { AnswerFormat, ChatRequest } from '../chat-form.js';
import { isClaude } from './model-family.js';
import type { ToolNames } from './tool-names.js';

/** The tool by whose arguments the model gives an answer that must be JSON. */
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

/** The same for the writer of a request and the reader of its answer; null when no tool gives the answer, or one of the caller's own must be called first. */
export function answerTool(request: ChatRequest, names: ToolNames): AnswerTool | null {
  const { answerFormat, model } = request;
  if (mustCallTool(request) || !answerFormat || !isByTool(answerFormat, model)) return null;
  const schema = answerFormat.type === 'json-schema' ? answerFormat.schema : { type: 'object', additionalProperties: true };
  const isWrapped = schema['type'] !== 'object';
  return {
    name: names.free('json_answer'),
    description: (answerFormat.type === 'json-schema' ? answerFormat.description : undefined) ?? 'Gives the final answer to the user, as the JSON that the conversation asks for.',
    schema: isWrapped ? { type: 'object', properties: { [WRAPPED]: schema }, required: [WRAPPED] } : schema,
    isWrapped,
    isForced: !isClaude(model) || modelTraits(model).takesForcedTool,
  };
}

/** Without a schema the tool is worth it only where it is sure to be called; elsewhere a sentence says what is wanted. */
function isByTool({ type }: AnswerFormat, model: string): boolean {
  return type === 'json-schema' || (type === 'json-object' && isClaude(model) && modelTraits(model).takesForcedTool);
}
