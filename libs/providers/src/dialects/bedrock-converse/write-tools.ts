import { AppError } from '@byok/kernel';
import { closedSchema } from '../anthropic-messages/closed-schema.js';
import { mustCallTool } from '../anthropic-messages/json-answer.js';
import { modelTraits } from '../anthropic-messages/model-traits.js';
import type { ChatRequest, Tool } from '../chat-form.js';
import type { AnswerTool } from './answer-tool.js';
import { cachePoint } from './cache-point.js';
import { isClaude } from './model-family.js';
import { namesInHistory } from './tool-names.js';
import type { ToolNames } from './tool-names.js';
import type { ConverseToolChoice, ConverseToolConfig, ConverseToolSpec } from './wire.js';

/** The tools of a request, and what a Claude is told about them among its own fields. */
export interface WrittenTools {
  toolConfig: ConverseToolConfig | null;
  modelFields: Record<string, unknown>;
}

/** @throws AppError param_not_supported when this model cannot be made to call a tool */
export function writeTools(request: ChatRequest, names: ToolNames, answer: AnswerTool | null): WrittenTools {
  const tools = [...specsOf(request, names), ...(answer ? [answerSpec(answer)] : [])];
  if (tools.length === 0) return { toolConfig: null, modelFields: {} };
  const toolChoice = choiceOf(request, names, answer);
  if (!isClaude(request.model) || !wantsOneCall(request, answer)) return { toolConfig: { tools, ...(toolChoice ? { toolChoice } : {}) }, modelFields: {} };
  // Converse has no word for one call at a time; Claude's own choice has, and stands in place of Converse's.
  return { toolConfig: { tools }, modelFields: { tool_choice: { ...claudeChoice(toolChoice), disable_parallel_tool_use: true } } };
}

/** An answer is given once. */
function wantsOneCall({ parallelToolCalls, toolChoice }: ChatRequest, answer: AnswerTool | null): boolean {
  return answer !== null || (parallelToolCalls === false && toolChoice !== 'none');
}

/** A history with tool blocks is refused without tools, so they stay then, even when none may be called. */
function specsOf(request: ChatRequest, names: ToolNames): ConverseToolConfig['tools'] {
  const used = [...new Set(namesInHistory(request))];
  const given = request.toolChoice === 'none' && used.length === 0 ? [] : (request.tools ?? []);
  if (given.length > 0) return given.flatMap((tool) => [specOf(tool, request.model, names), ...(isClaude(request.model) ? cachePoint(tool.cache, request.model) : [])]);
  return used.map((name) => ({ toolSpec: { name: names.toWire(name), inputSchema: { json: { type: 'object' } } } }));
}

function specOf({ name, description, parameters, strict }: Tool, model: string, names: ToolNames): ConverseToolSpec {
  // Strict allows less in a schema than elsewhere; a schema beyond that is worth more than the guarantee.
  const closed = strict && takesStrict(model) ? closedSchema(parameters) : null;
  return {
    toolSpec: {
      name: names.toWire(name),
      ...(description === undefined || description.trim() === '' ? {} : { description }),
      inputSchema: { json: { type: 'object', ...(closed?.isExact ? closed.schema : parameters) } },
      ...(closed?.isExact ? { strict: true as const } : {}),
    },
  };
}

/** Bedrock refuses the word for the newest Claudes, and the oldest ones do not know it. */
function takesStrict(model: string): boolean {
  const { hasJsonSchema, takesSampling } = modelTraits(model);
  return isClaude(model) && hasJsonSchema && takesSampling;
}

function answerSpec({ name, description, schema }: AnswerTool): ConverseToolSpec {
  return { toolSpec: { name, description, inputSchema: { json: schema } } };
}

/** null leaves the choice to the model. */
function choiceOf(request: ChatRequest, names: ToolNames, answer: AnswerTool | null): ConverseToolChoice | null {
  const { tools = [], toolChoice, model } = request;
  if (answer) {
    if (!answer.isForced) return null;
    return tools.length > 0 && toolChoice !== 'none' ? { any: {} } : { tool: { name: answer.name } };
  }
  if (!mustCallTool(request)) return null;
  if (isClaude(model) && !modelTraits(model).takesForcedTool) {
    throw new AppError('param_not_supported', `${model} cannot be made to call a tool ("tool_choice"): leave the choice to it, or choose another model.`, { details: { param: 'tool_choice' } });
  }
  return typeof toolChoice === 'object' ? { tool: { name: names.toWire(toolChoice.name) } } : { any: {} };
}

function claudeChoice(choice: ConverseToolChoice | null): object {
  if (choice && 'tool' in choice) return { type: 'tool', name: choice.tool.name };
  return { type: choice && 'any' in choice ? 'any' : 'auto' };
}
