import type { Found } from '../../find-usage.js';
import type { ChatRequest, Tool, ToolChoice } from '../chat-form.js';
import { onlySet } from '../only-set.js';
import { readOpenAiTools } from '../read-openai-tools.js';
import { expectList, expectObject, expectText, invalid, member, optionalFlag, optionalText } from '../expect.js';
import { onlyAtResponses } from './refuse.js';

export function readTools(body: Found): Pick<ChatRequest, 'tools' | 'toolChoice'> {
  return readOpenAiTools(body, { readTool, readToolChoice });
}

function readTool(value: unknown, index: number): Tool {
  const param = `tools[${index}]`;
  const tool = expectObject(value, param);
  const type = expectText(member(tool, 'type'), `${param}.type`);
  if (type !== 'function') throw onlyAtResponses(`${param}.type`, `The tool "${type.slice(0, 64)}" is no function of yours and only exists at OpenAI`);
  return {
    name: expectText(member(tool, 'name'), `${param}.name`),
    parameters: expectObject(member(tool, 'parameters') ?? { type: 'object', properties: {} }, `${param}.parameters`),
    ...onlySet({ description: optionalText(tool, 'description', `${param}.description`), strict: optionalFlag(tool, 'strict', `${param}.strict`) }),
  };
}

function readToolChoice(value: unknown): { toolChoice?: ToolChoice; allowed?: string[] } {
  if (typeof value === 'string') return { toolChoice: wordOf(value) };
  const choice = expectObject(value, 'tool_choice');
  const type = expectText(member(choice, 'type'), 'tool_choice.type');
  if (type === 'function') return { toolChoice: { name: expectText(member(choice, 'name'), 'tool_choice.name') } };
  if (type !== 'allowed_tools') throw onlyAtResponses('tool_choice', `The tool "${type.slice(0, 64)}" is no function of yours and only exists at OpenAI`);
  return {
    toolChoice: wordOf(member(choice, 'mode') ?? 'auto'),
    allowed: expectList(member(choice, 'tools'), 'tool_choice.tools').map((each) => nameOf(expectObject(each, 'tool_choice.tools'))),
  };
}

function nameOf(tool: Found): string {
  return expectText(member(tool, 'name'), 'tool_choice.tools.name');
}

function wordOf(value: unknown): 'auto' | 'none' | 'required' {
  if (value !== 'auto' && value !== 'none' && value !== 'required') throw invalid('tool_choice', 'must be auto, none, required or an object that names a function');
  return value;
}
