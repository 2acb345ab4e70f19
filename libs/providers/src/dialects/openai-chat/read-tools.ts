import type { Found } from '../../find-usage.js';
import type { ChatRequest, Tool, ToolChoice } from '../chat-form.js';
import { asObject } from '../members.js';
import { onlySet } from '../only-set.js';
import { readOpenAiTools } from '../read-openai-tools.js';
import { expectList, expectObject, expectText, invalid, member, optionalFlag, optionalText, untranslatable } from '../expect.js';
import { readCacheMark } from './read-cache-mark.js';

export function readTools(body: Found): Pick<ChatRequest, 'tools' | 'toolChoice'> {
  return readOpenAiTools(body, { readTool, readToolChoice });
}

function readTool(value: unknown, index: number): Tool {
  const param = `tools[${index}]`;
  const tool = expectObject(value, param);
  if ((member(tool, 'type') ?? 'function') !== 'function') throw untranslatable(`${param}.type`, 'A tool that is no function');
  const described = expectObject(member(tool, 'function'), `${param}.function`);
  return {
    name: expectText(member(described, 'name'), `${param}.function.name`),
    parameters: expectObject(member(described, 'parameters') ?? { type: 'object', properties: {} }, `${param}.function.parameters`),
    ...onlySet({
      description: optionalText(described, 'description', `${param}.function.description`),
      strict: optionalFlag(described, 'strict', `${param}.function.strict`),
      cache: readCacheMark(tool) ?? readCacheMark(described),
    }),
  };
}

function readToolChoice(value: unknown): { toolChoice?: ToolChoice; allowed?: string[] } {
  if (typeof value === 'string') return { toolChoice: wordOf(value) };
  const choice = expectObject(value, 'tool_choice');
  const type = member(choice, 'type');
  if (type === 'function') return { toolChoice: { name: nameOf(choice, 'tool_choice') } };
  if (type !== 'allowed_tools') throw untranslatable('tool_choice', 'This choice of a tool');
  const subset = expectObject(member(choice, 'allowed_tools'), 'tool_choice.allowed_tools');
  const param = 'tool_choice.allowed_tools.tools';
  return {
    toolChoice: wordOf(member(subset, 'mode') ?? 'auto'),
    allowed: expectList(member(subset, 'tools'), param).map((each) => nameOf(expectObject(each, param), param)),
  };
}

function wordOf(value: unknown): 'auto' | 'none' | 'required' {
  if (value !== 'auto' && value !== 'none' && value !== 'required') throw invalid('tool_choice', 'must be auto, none, required or a function');
  return value;
}

function nameOf(choice: Found, param: string): string {
  return expectText(member(asObject(member(choice, 'function')) ?? choice, 'name'), `${param}.function.name`);
}
