import { parseObject } from '../members.js';

/**
 * Arguments as the object this API wants. What is no JSON object (a call cut short, a model's slip) is passed on inside one, so that
 * nobody runs a tool with arguments that were never written.
 */
export function toolInput(text: string): Record<string, unknown> {
  if (text.trim() === '') return {};
  return parseObject(text) ?? { invalid_json: text };
}
