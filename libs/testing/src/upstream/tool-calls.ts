import type { BehaviourRule } from './behaviour.js';

/** What a call of one tool costs. */
export const TOOL_TOKENS = 12;

export interface OfferedTool {
  name: string;
  schema: unknown;
}

export interface ToolCall {
  name: string;
  values: Record<string, string>;
}

/** The first tool (or as many as the rule says), each required argument filled with its own name; nothing when a tool has just answered. */
export function toolsToCall(tools: readonly OfferedTool[], isAnswered: boolean, rule: BehaviourRule): ToolCall[] {
  if (isAnswered) return [];
  return tools.slice(0, rule.toolCalls ?? 1).map(({ name, schema }) => {
    const required = (schema as { required?: string[] } | undefined)?.required ?? [];
    return { name, values: Object.fromEntries(required.map((field) => [field, `a ${field}`])) };
  });
}

/** JSON text in the small pieces in which models write it. */
export function inFragments(values: object): string[] {
  return JSON.stringify(values).match(/.{1,6}/gs) ?? [];
}
