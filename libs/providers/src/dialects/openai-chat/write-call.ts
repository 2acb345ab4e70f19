import type { ToolCallPart } from '../chat-form.js';

/** A call of a tool, in a message of either side. */
export function writeCall({ id, name, arguments: written, signature }: ToolCallPart): object {
  return { id, type: 'function', function: { name, arguments: written }, ...writeProof(signature) };
}

/** Where Google's OpenAI-compatible API has it and clients send it back from. */
export function writeProof(signature: string | undefined): { extra_content?: object } {
  return signature === undefined ? {} : { extra_content: { google: { thought_signature: signature } } };
}
