import { AppError } from '@byok/kernel';
import type { ChatRequest, Tool } from '../chat-form.js';
import { closedSchema } from './closed-schema.js';
import type { JsonMeans } from './json-answer.js';
import { mustCallTool } from './json-answer.js';
import { modelTraits } from './model-traits.js';
import type { WireTool, WireToolChoice } from './wire.js';
import { cacheControl } from './write-content.js';

export interface ToolMembers {
  tools?: WireTool[];
  tool_choice?: WireToolChoice;
}

/** The tools and which of them may be called. @throws AppError param_not_supported when this model cannot be made to call one */
export function writeTools(request: ChatRequest, means: JsonMeans): ToolMembers {
  const own = (request.tools ?? []).map((tool) => toolOf(tool, modelTraits(request.model).hasJsonSchema));
  if (means.by === 'tool') return withAnswerTool(request, own, means);
  if (own.length > 0) return { tools: own, ...choiceOf(request) };
  const called = calledTools(request);
  return called.length > 0 ? { tools: called, tool_choice: { type: 'none' } } : {};
}

function withAnswerTool(request: ChatRequest, own: WireTool[], { name, description, schema }: Extract<JsonMeans, { by: 'tool' }>): ToolMembers {
  const tools: WireTool[] = [...own, { name, description, input_schema: schema }];
  const isFree = own.length > 0 && request.toolChoice !== 'none';
  return { tools, tool_choice: isFree ? { type: 'any', disable_parallel_tool_use: true } : { type: 'tool', name, disable_parallel_tool_use: true } };
}

function toolOf({ name, description, parameters, strict, cache }: Tool, knowsStrict: boolean): WireTool {
  // What strict allows in a schema is less here than elsewhere; a schema beyond that is worth more than the guarantee.
  const closed = strict && knowsStrict ? closedSchema(parameters) : null;
  return {
    name,
    ...(description === undefined ? {} : { description }),
    input_schema: { type: 'object', ...(closed?.isExact ? closed.schema : parameters) },
    ...(closed?.isExact ? { strict: true } : {}),
    ...cacheControl(cache),
  };
}

function choiceOf(request: ChatRequest): Pick<ToolMembers, 'tool_choice'> {
  const { toolChoice } = request;
  if (toolChoice === 'none') return { tool_choice: { type: 'none' } };
  if (mustCallTool(request) && !modelTraits(request.model).takesForcedTool) {
    throw new AppError('param_not_supported', `${request.model} cannot be made to call a tool ("tool_choice"): leave the choice to it, or choose another model.`, { details: { param: 'tool_choice' } });
  }
  const single = request.parallelToolCalls === false ? ({ disable_parallel_tool_use: true } as const) : {};
  if (typeof toolChoice === 'object') return { tool_choice: { type: 'tool', name: toolChoice.name, ...single } };
  if (toolChoice === 'required') return { tool_choice: { type: 'any', ...single } };
  return toolChoice === 'auto' || request.parallelToolCalls === false ? { tool_choice: { type: 'auto', ...single } } : {};
}

/** A history with calls needs tools to be defined, although the caller wants no more calls. */
function calledTools({ messages }: ChatRequest): WireTool[] {
  const names = messages.flatMap((message) => (message.role === 'assistant' ? message.parts.flatMap((part) => (part.type === 'tool-call' ? [part.name] : [])) : []));
  return [...new Set(names)].map((name) => ({ name, input_schema: { type: 'object' } }));
}
