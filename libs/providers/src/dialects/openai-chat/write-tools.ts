import type { ChatWire } from '../../chat-wire.js';
import type { ChatRequest, Tool, ToolChoice } from '../chat-form.js';
import { onlySet } from '../only-set.js';
import { untranslatable } from '../expect.js';
import { writeCacheMark } from './write-cache-mark.js';
import { writeSchema } from './write-schema.js';

/** `tools` and what belongs to them. A choice without tools is refused by providers, so it goes with them. */
export function writeTools(request: ChatRequest, wire: ChatWire, hasMarks: boolean): object {
  const { toolChoice, parallelToolCalls } = request;
  const tools = toolsFor(request.tools ?? [], toolChoice, wire);
  if (tools.length === 0) return {};
  return {
    tools: tools.map((tool) => writeTool(tool, wire, hasMarks)),
    ...onlySet({ tool_choice: writeChoice(toolChoice, wire), [wire.parallelToolCallsField ?? 'parallel_tool_calls']: parallelToolCalls }),
    ...(wire.hasToolStream && request.stream ? { tool_stream: true } : {}),
  };
}

/** Where a choice cannot be told, the tools that are sent tell it. */
function toolsFor(tools: readonly Tool[], choice: ToolChoice | undefined, wire: ChatWire): readonly Tool[] {
  if (wire.toolChoice === 'auto-only' && choice === 'none') return [];
  if (wire.toolChoice === 'any' && typeof choice === 'object') return tools.filter(({ name }) => name === choice.name);
  return tools;
}

function writeChoice(choice: ToolChoice | undefined, wire: ChatWire): unknown {
  if (choice === undefined) return undefined;
  const isForced = choice === 'required' || typeof choice === 'object';
  if (wire.toolChoice === 'auto-only' && isForced) throw untranslatable('tool_choice', 'The duty to call a tool ("tool_choice")');
  if (wire.toolChoice === 'any' && isForced) return 'any';
  return typeof choice === 'object' ? { type: 'function', function: { name: choice.name } } : choice;
}

function writeTool({ name, description, parameters, strict, cache }: Tool, wire: ChatWire, hasMarks: boolean): object {
  return { type: 'function', function: { name, ...onlySet({ description }), parameters: writeSchema(parameters, wire), ...onlySet({ strict }) }, ...writeCacheMark(cache, hasMarks) };
}
