import type { CallEndpoint } from '@byok/providers';

/** What a request shows of its task. */
export interface TaskSigns {
  endpoint: CallEndpoint;
  /** The last message of the user, or its end where it is very long. */
  text: string;
  /** Of the whole request. */
  characters: number;
  hasTools: boolean;
  hasImages: boolean;
  /** True where the caller asks the model to think, such as by `reasoning_effort`. */
  asksToReason: boolean;
}

/** Larger requests are not looked into: their length says enough, and reading them would hold up others. */
const MOST_BYTES = 512 * 1024;
const MOST_TEXT = 16_000;

/** Looks at a request in any of the dialects that callers speak. Never throws: what cannot be read shows nothing. */
export function readSigns(endpoint: CallEndpoint, body: Buffer): TaskSigns {
  const request = body.length <= MOST_BYTES ? parsed(body) : {};
  const messages = listOf(request['messages'] ?? request['input'] ?? request['contents'] ?? request['prompt']);
  const last = messages.findLast((message) => !isRecord(message) || message['role'] === undefined || message['role'] === 'user');
  return {
    endpoint,
    text: textOf(last).slice(-MOST_TEXT),
    characters: body.length,
    hasTools: listOf(request['tools']).length > 0 || listOf(request['functions']).length > 0,
    hasImages: messages.some(holdsImage),
    asksToReason: ['reasoning', 'reasoning_effort', 'thinking'].some((name) => request[name] !== undefined && request[name] !== null && request[name] !== 'none'),
  };
}

function parsed(body: Buffer): Record<string, unknown> {
  try {
    const request: unknown = JSON.parse(body.toString('utf8'));
    return isRecord(request) ? request : {};
  } catch {
    return {};
  }
}

function textOf(message: unknown): string {
  if (typeof message === 'string') return message;
  if (!isRecord(message)) return '';
  if (typeof message['text'] === 'string') return message['text'];
  return listOf(message['content'] ?? message['parts']).map(textOf).join('\n');
}

const IMAGE_TYPES = new Set(['image', 'image_url', 'input_image']);

/** Messages hold parts, and a tool's result may hold parts of its own. */
function holdsImage(value: unknown): boolean {
  if (!isRecord(value)) return false;
  if (IMAGE_TYPES.has(String(value['type'])) || value['image_url'] !== undefined) return true;
  const inline = value['inlineData'] ?? value['inline_data'] ?? value['fileData'] ?? value['file_data'];
  if (isRecord(inline)) return String(inline['mimeType'] ?? inline['mime_type']).startsWith('image/');
  return listOf(value['content'] ?? value['parts']).some(holdsImage);
}

function listOf(value: unknown): unknown[] {
  if (Array.isArray(value)) return value;
  return value === undefined || value === null ? [] : [value];
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
