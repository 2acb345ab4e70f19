import type { Found } from '../find-usage.js';
import type { ChatRequest, Tool, ToolChoice } from './chat-form.js';
import { expectList, member } from './expect.js';
import { onlySet } from './only-set.js';

/** How one of OpenAI's dialects writes a tool, and the choice of one. */
export interface ToolWire {
  readTool(value: unknown, index: number): Tool;
  readToolChoice(value: unknown): { toolChoice?: ToolChoice; allowed?: string[] };
}

/** `tools` and `tool_choice`; of `allowed_tools` the tools themselves are left. */
export function readOpenAiTools(body: Found, { readTool, readToolChoice }: ToolWire): Pick<ChatRequest, 'tools' | 'toolChoice'> {
  const listed = member(body, 'tools') === null ? [] : expectList(member(body, 'tools'), 'tools').map(readTool);
  const choice = member(body, 'tool_choice');
  const { toolChoice, allowed } = choice === null ? {} : readToolChoice(choice);
  const tools = allowed ? listed.filter(({ name }) => allowed.includes(name)) : listed;
  return onlySet({ tools: tools.length === 0 ? undefined : tools, toolChoice });
}
