import type { Found } from '../../find-usage.js';
import type { ToolResult } from '../chat-form.js';
import type { CallIds } from './call-ids.js';
import { readMedia } from './read-media.js';
import { at, list, objectAt, textIn } from './wire.js';

/** A functionResponse. Under `output` stands what the function gave, under `error` what went wrong; anything else is the output itself. */
export function readResult(response: Found, param: string, ids: CallIds): ToolResult {
  const { id, name } = ids.ofResult(textIn(response, 'id', `${param}.id`), textIn(response, 'name', `${param}.name`));
  const given = at(response, 'response') ?? {};
  const { text, isError } = said(objectAt(given, `${param}.response`));
  const media = list(at(response, 'parts')).map((part, index) => readMedia(objectAt(part, `${param}.parts[${index}]`), `${param}.parts[${index}]`));
  const parts = media.filter((part) => part.type !== 'audio');
  return { id, name, parts: [{ type: 'text', text }, ...parts], ...(isError ? { isError: true } : {}) };
}

function said(response: Found): { text: string; isError: boolean } {
  const [only, ...others] = Object.keys(response);
  if (others.length > 0 || (only !== 'output' && only !== 'error')) return { text: JSON.stringify(response), isError: false };
  const value = response[only];
  return { text: typeof value === 'string' ? value : JSON.stringify(value), isError: only === 'error' };
}
