import type { ChatRequest, Tool } from '../chat-form.js';
import type { AnswerTool } from './answer-tool.js';
import { cachePoint } from './cache-point.js';
import { claudeTraits, familyOf } from './model-family.js';
import { namesInHistory } from './tool-names.js';
import type { ToolNames } from './tool-names.js';
import type { ConverseToolChoice, ConverseToolConfig, ConverseToolSpec } from './wire.js';

/** The tools of a request, and what a Claude is told about them among its own fields. */
export interface WrittenTools {
  toolConfig: ConverseToolConfig | null;
  modelFields: Record<string, unknown>;
}

export function writeTools(request: ChatRequest, names: ToolNames, answer: AnswerTool | null): WrittenTools {
  const tools = [...specsOf(request, names), ...(answer ? [answerSpec(answer)] : [])];
  if (tools.length === 0) return { toolConfig: null, modelFields: {} };
  const toolChoice = choiceOf(request, names, answer);
  if (request.parallelToolCalls !== false || request.toolChoice === 'none' || familyOf(request.model) !== 'claude') {
    return { toolConfig: { tools, ...(toolChoice ? { toolChoice } : {}) }, modelFields: {} };
  }
  // Converse has no word for one call at a time; Claude's own choice has, and stands in place of Converse's.
  return { toolConfig: { tools }, modelFields: { tool_choice: { ...claudeChoice(toolChoice), disable_parallel_tool_use: true } } };
}

/** A history with tool blocks is refused without tools, so they stay then, even when none may be called. */
function specsOf(request: ChatRequest, names: ToolNames): ConverseToolConfig['tools'] {
  const used = [...new Set(namesInHistory(request))];
  const given = request.toolChoice === 'none' && used.length === 0 ? [] : (request.tools ?? []);
  if (given.length > 0) return given.flatMap((tool) => [specOf(tool, request.model, names), ...(familyOf(request.model) === 'claude' ? cachePoint(tool.cache, request.model) : [])]);
  return used.map((name) => ({ toolSpec: { name: names.toWire(name), inputSchema: { json: { type: 'object' } } } }));
}

function specOf({ name, description, parameters, strict }: Tool, model: string, names: ToolNames): ConverseToolSpec {
  const isStrict = strict === true && familyOf(model) === 'claude' && claudeTraits(model).takesStrictTools;
  return {
    toolSpec: {
      name: names.toWire(name),
      ...(description === undefined || description.trim() === '' ? {} : { description }),
      inputSchema: { json: parameters },
      ...(isStrict ? { strict: true as const } : {}),
    },
  };
}

function answerSpec({ name, description, schema }: AnswerTool): ConverseToolSpec {
  return { toolSpec: { name, description, inputSchema: { json: schema } } };
}

/** null leaves the choice to the model. */
function choiceOf({ tools, toolChoice }: ChatRequest, names: ToolNames, answer: AnswerTool | null): ConverseToolChoice | null {
  if (answer) {
    if (!answer.isForced) return null;
    const hasOthers = (tools?.length ?? 0) > 0 && toolChoice !== 'none';
    return hasOthers ? { any: {} } : { tool: { name: answer.name } };
  }
  if (typeof toolChoice === 'object') return { tool: { name: names.toWire(toolChoice.name) } };
  return toolChoice === 'required' ? { any: {} } : null;
}

function claudeChoice(choice: ConverseToolChoice | null): object {
  if (choice && 'tool' in choice) return { type: 'tool', name: choice.tool.name };
  return { type: choice && 'any' in choice ? 'any' : 'auto' };
}
