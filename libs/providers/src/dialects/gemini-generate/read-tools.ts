import type { Found } from '../../find-usage.js';
import type { ChatRequest, Tool, ToolChoice } from '../chat-form.js';
import { fromGeminiSchema } from './from-gemini-schema.js';
import { at, invalid, list, objectAt, textIn, toCamel, unsupported } from './wire.js';

/** Functions the model may call, and whether it must. Tools that run at Google are refused by name. */
export function readTools(given: readonly unknown[], toolConfig: unknown): Pick<ChatRequest, 'tools' | 'toolChoice'> {
  const tools = given.flatMap((each, index) => readTool(objectAt(each, `tools[${index}]`), `tools[${index}]`));
  const config = toolConfig === undefined ? undefined : at(objectAt(toolConfig, 'toolConfig'), 'functionCallingConfig');
  const { mode, names } = readMode(config);
  if (tools.length === 0) return {};
  const allowed = names.length === 0 ? tools : tools.filter(({ name }) => names.includes(name));
  const [only, ...others] = allowed;
  if (!only) throw invalid('toolConfig.functionCallingConfig.allowedFunctionNames', 'names no function of "tools"');
  const toolChoice: ToolChoice | undefined = mode === 'required' && names.length > 0 && others.length === 0 ? { name: only.name } : mode;
  return { tools: toolChoice === undefined || typeof toolChoice === 'string' ? allowed : tools, ...(toolChoice === undefined ? {} : { toolChoice }) };
}

function readTool(tool: Found, param: string): Tool[] {
  for (const [name, value] of Object.entries(tool)) {
    if (toCamel(name) !== 'functionDeclarations' && value !== null && value !== undefined) throw unsupported(`${param}.${name}`, "a tool of Google's");
  }
  return list(at(tool, 'functionDeclarations')).map((each, index) => readDeclaration(objectAt(each, `${param}.functionDeclarations[${index}]`), `${param}.functionDeclarations[${index}]`));
}

function readDeclaration(declaration: Found, param: string): Tool {
  const name = textIn(declaration, 'name', `${param}.name`);
  if (name === undefined || name === '') throw invalid(`${param}.name`, 'is required');
  const description = textIn(declaration, 'description', `${param}.description`);
  return { name, ...(description === undefined ? {} : { description }), parameters: parametersOf(declaration, param) };
}

function parametersOf(declaration: Found, param: string): Record<string, unknown> {
  const schema = at(declaration, 'parametersJsonSchema');
  if (schema !== undefined) return objectAt(schema, `${param}.parametersJsonSchema`);
  const parameters = at(declaration, 'parameters');
  return parameters === undefined ? { type: 'object', properties: {} } : fromGeminiSchema(objectAt(parameters, `${param}.parameters`));
}

const MODES: Readonly<Record<string, ToolChoice | undefined>> = { AUTO: 'auto', VALIDATED: 'auto', NONE: 'none', ANY: 'required', MODE_UNSPECIFIED: undefined };

function readMode(given: unknown): { mode: ToolChoice | undefined; names: string[] } {
  if (given === undefined) return { mode: undefined, names: [] };
  const param = 'toolConfig.functionCallingConfig';
  const config = objectAt(given, param);
  const mode = textIn(config, 'mode', `${param}.mode`)?.toUpperCase() ?? 'MODE_UNSPECIFIED';
  if (!Object.hasOwn(MODES, mode)) throw invalid(`${param}.mode`, 'must be AUTO, ANY, NONE or VALIDATED');
  const names = list(at(config, 'allowedFunctionNames')).map((name) => {
    if (typeof name !== 'string') throw invalid(`${param}.allowedFunctionNames`, 'must be a list of names');
    return name;
  });
  return { mode: MODES[mode], names };
}
