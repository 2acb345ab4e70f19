import type { ChatRequest, Tool } from '../chat-form.js';
import { asObject } from '../members.js';
import { modelFamily } from './model-family.js';
import { toGeminiSchema } from './to-gemini-schema.js';

/** `tools` and `toolConfig`; nothing without functions. */
export function writeTools({ tools = [], toolChoice, model }: ChatRequest): { tools?: object[]; toolConfig?: object } {
  if (tools.length === 0) return {};
  const functionDeclarations = tools.map((tool) => writeDeclaration(tool, modelFamily(model).readsJsonSchema));
  const mode = writeMode(toolChoice, tools.some(({ strict }) => strict === true));
  return { tools: [{ functionDeclarations }], ...(mode ? { toolConfig: { functionCallingConfig: mode } } : {}) };
}

function writeDeclaration({ name, description, parameters }: Tool, readsJsonSchema: boolean): object {
  return { name, ...(description === undefined ? {} : { description }), ...(readsJsonSchema ? { parametersJsonSchema: parameters } : olderParameters(parameters)) };
}

/** An object without members is an error to older models; no parameters at all mean the same. */
function olderParameters(parameters: Record<string, unknown>): object {
  const isEmpty = Object.keys(asObject(parameters['properties']) ?? {}).length === 0 && parameters['$ref'] === undefined && parameters['anyOf'] === undefined;
  return isEmpty ? {} : { parameters: toGeminiSchema(parameters) };
}

function writeMode(choice: ChatRequest['toolChoice'], isStrict: boolean): object | undefined {
  if (choice === undefined || choice === 'auto') return isStrict ? { mode: 'VALIDATED' } : choice && { mode: 'AUTO' };
  if (choice === 'none') return { mode: 'NONE' };
  return choice === 'required' ? { mode: 'ANY' } : { mode: 'ANY', allowedFunctionNames: [choice.name] };
}
