import { AppError } from '@byok/kernel';
import type { ChatRequest, Tool } from '../chat-form.js';
import { expectList, expectObject, expectText, given, invalid } from './expect-shape.js';
import { cacheOf } from './read-blocks.js';

type Found = Record<string, unknown>;

export function readTools(value: unknown): Pick<ChatRequest, 'tools'> {
  if (value === undefined || value === null) return {};
  return { tools: expectList(value, 'tools').map((each, index) => readTool(expectObject(each, `tools.${index}`), `tools.${index}`)) };
}

/** @throws AppError param_not_supported for a tool that runs at, or is known to, one provider alone */
function readTool(tool: Found, param: string): Tool {
  const type = tool['type'] ?? 'custom';
  if (type !== 'custom') {
    const name = expectText(type, `${param}.type`).slice(0, 100);
    throw new AppError('param_not_supported', `The tool "${name}" is a part of Anthropic's API. Leave it out, or choose a model there.`, { details: { param, tool: name } });
  }
  return {
    name: expectText(tool['name'], `${param}.name`),
    ...given('description', tool['description'], expectText, `${param}.description`),
    parameters: expectObject(tool['input_schema'] ?? { type: 'object', properties: {} }, `${param}.input_schema`),
    ...(typeof tool['strict'] === 'boolean' ? { strict: tool['strict'] } : {}),
    ...cacheOf(tool),
  };
}

export function readToolChoice(value: unknown): Pick<ChatRequest, 'toolChoice' | 'parallelToolCalls'> {
  if (value === undefined || value === null) return {};
  const choice = expectObject(value, 'tool_choice');
  const parallel = choice['disable_parallel_tool_use'] === true ? { parallelToolCalls: false } : {};
  switch (choice['type']) {
    case 'auto':
    case 'none':
      return { toolChoice: choice['type'], ...parallel };
    case 'any':
      return { toolChoice: 'required', ...parallel };
    case 'tool':
      return { toolChoice: { name: expectText(choice['name'], 'tool_choice.name') }, ...parallel };
    default:
      throw invalid('tool_choice.type', '"auto", "any", "tool" or "none"');
  }
}
