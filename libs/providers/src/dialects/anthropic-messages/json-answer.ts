import type { AnswerFormat, ChatRequest } from '../chat-form.js';
import { closedSchema } from './closed-schema.js';
import { modelTraits } from './model-traits.js';

/**
 * How an answer in JSON is asked for. `schema`: natively. `tool`: by a tool whose input is the answer, and which the reader turns
 * back into text. `instruction`: by a sentence alone, where a model cannot be made to call a tool.
 */
export type JsonMeans =
  | { by: 'nothing' }
  | { by: 'schema'; schema: Record<string, unknown> }
  | { by: 'tool'; name: string; description: string; schema: Record<string, unknown> }
  | { by: 'instruction'; sentence: string };

/** The same for the writer of a request and the reader of its answer: it depends on nothing but the request. */
export function jsonMeans(request: ChatRequest): JsonMeans {
  const format = request.answerFormat;
  if (!format || format.type === 'text') return { by: 'nothing' };
  const { hasJsonSchema, takesForcedTool } = modelTraits(request.model);
  if (format.type === 'json-schema' && hasJsonSchema) {
    const { schema, isExact } = closedSchema(format.schema);
    if (isExact || !takesForcedTool) return { by: 'schema', schema };
  }
  if (!takesForcedTool) return { by: 'instruction', sentence: INSTRUCTION };
  // A caller that wants a call of its own tools gets that; the answer in JSON comes in a later turn.
  return mustCallTool(request) ? { by: 'nothing' } : answerTool(request, format);
}

const INSTRUCTION = 'Write your whole answer as one JSON object. Write nothing before or after it, and no code fence around it.';

/** True when the request leaves the model no choice but to call one of the caller's tools. */
export function mustCallTool({ tools, toolChoice }: ChatRequest): boolean {
  return (tools?.length ?? 0) > 0 && (toolChoice === 'required' || typeof toolChoice === 'object');
}

function answerTool(request: ChatRequest, format: Exclude<AnswerFormat, { type: 'text' }>): JsonMeans {
  let name = 'json_answer';
  while (request.tools?.some((tool) => tool.name === name)) name += '_';
  const about = format.type === 'json-schema' ? format.description : undefined;
  return {
    by: 'tool',
    name,
    description: about ?? 'Gives the final answer to the user. Its input is the whole answer, as the JSON object that the conversation asks for.',
    schema: format.type === 'json-schema' ? format.schema : { type: 'object', additionalProperties: true },
  };
}
