import type { ToolResult } from '../chat-form.js';
import { parseObject } from '../members.js';
import type { GeminiPart } from './wire.js';
import type { Writing } from './write-contents.js';
import { writeMedia } from './write-media.js';

/** A functionResponse, and media beside it for models that read none inside. */
export function writeResult({ id, parts, isError }: ToolResult, name: string, { sendsIds, hasMediaInResults }: Writing): GeminiPart[] {
  const text = parts.flatMap((part) => (part.type === 'text' ? [part.text] : [])).join('\n');
  const media = parts.flatMap((part) => (part.type === 'text' ? [] : [writeMedia(part)]));
  const inside = hasMediaInResults && media.length > 0 ? { parts: media } : {};
  const response = isError ? { error: text } : outputOf(text);
  return [{ functionResponse: { ...(sendsIds ? { id } : {}), name, response, ...inside } }, ...(hasMediaInResults ? [] : media)];
}

/** Numbers longer than this may not survive being read. */
const LONG_NUMBER = /\d{16}/;

/** The object that a tool wrote; anything else goes under `output`, and so does an object that would be taken for such a wrapping. */
function outputOf(text: string): object {
  const object = LONG_NUMBER.test(text) ? null : parseObject(text);
  const [only, ...others] = object ? Object.keys(object) : [];
  const looksWrapped = others.length === 0 && (only === 'output' || only === 'error');
  return object && !looksWrapped ? object : { output: text };
}
